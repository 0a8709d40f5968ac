import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "../theme/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startTexts } from "../i18n";
import { App } from "./App";

await startTexts();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
