import { createBrowserRouter, Navigate, type NonIndexRouteObject, type RouteObject } from "react-router";
import { LoadFailure } from "../lib/LoadFailure";
import { Loading } from "../lib/Loading";
import { askForFlow, askForSession } from "./ask";
import { usePreferences } from "./preferences";
import { NotFound, RouteError } from "./RouteError";

function ToLastProject() {
  const project = usePreferences((preferences) => preferences.project);
  return <Navigate to={`/p/${encodeURIComponent(project)}`} replace />;
}

/** A page whose code is loaded when it is opened; its module exports `Component`. */
type PageModule = () => Promise<{ Component: React.ComponentType }>;
const page = (path: string, load: PageModule): NonIndexRouteObject => ({
  path,
  lazy: () => load().catch(() => ({ Component: LoadFailure })),
  errorElement: <RouteError />,
});

const PAGES: RouteObject[] = [
  page("p/:project", () => import("../features/home/HomePage")),
  page("p/:project/wizards", () => import("../features/wizard/WizardsPage")),
  page("p/:project/wizards/:flow", () => import("../features/wizard/WizardPage")),
  page("p/:project/flows", () => import("../features/flows/FlowsPage")),
  {
    ...page("p/:project/flows/:flow", () => import("../features/flows/FlowPage")),
    loader({ params: { project = "", flow = "" } }) {
      askForFlow(project, flow);
      return null;
    },
    shouldRevalidate: ({ currentUrl, nextUrl }) => currentUrl.pathname !== nextUrl.pathname,
  },
  page("p/:project/runs", () => import("../features/runs/RunsPage")),
  page("p/:project/runs/:run", () => import("../features/runs/RunPage")),
  page("p/:project/training", () => import("../features/training/TrainingPage")),
  page("p/:project/compare", () => import("../features/runs/ComparePage")),
  page("p/:project/datasets", () => import("../features/datasets/DatasetsPage")),
  page("p/:project/datasets/:dataset", () => import("../features/datasets/DatasetPage")),
  page("p/:project/models", () => import("../features/models/ModelsPage")),
  page("p/:project/models/:model", () => import("../features/models/ModelPage")),
  page("p/:project/models/:model/versions/:number", () => import("../features/models/VersionPage")),
  page("p/:project/deployments", () => import("../features/deployments/DeploymentsPage")),
  page("p/:project/deployments/:deployment", () => import("../features/deployments/DeploymentPage")),
  page("p/:project/settings", () => import("../features/settings/SettingsPage")),
  page("projects", () => import("../features/settings/ProjectsPage")),
  page("operators", () => import("../features/operators/OperatorsPage")),
  page("operators/:key", () => import("../features/operators/OperatorPage")),
  page("releases", () => import("../features/operators/ReleasesPage")),
  page("releases/:name/:version", () => import("../features/operators/ReleasePage")),
  page("pools", () => import("../features/pools/PoolsPage")),
  page("account", () => import("../features/account/AccountPage")),
  page("users", () => import("../features/users/UsersPage")),
  page("audit", () => import("../features/audit/AuditPage")),
];

export const router = createBrowserRouter([
  { ...page("/sign-in", () => import("../features/signin/SignInPage")), HydrateFallback: Loading },
  { ...page("/setup", () => import("../features/signin/SetupPage")), HydrateFallback: Loading },
  {
    ...page("/", () => import("./Shell")),
    loader() {
      askForSession();
      return null;
    },
    shouldRevalidate: () => false,
    HydrateFallback: Loading,
    children: [{ index: true, element: <ToLastProject /> }, ...PAGES, { path: "*", element: <NotFound /> }],
  },
]);
