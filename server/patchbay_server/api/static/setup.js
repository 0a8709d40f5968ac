"use strict";

const TEXTS = {
  en: {
    intro: "Choose a password. The name is only for the first administrator; whoever was invited leaves it empty.",
    name: "Name to sign in with",
    password: "Password, at least 12 characters",
    submit: "Save and sign in",
    done: "Done: you are signed in.",
    noToken: "This address lacks its token. Open the whole link as it was printed.",
    noAnswer: "Patchbay does not answer. Is it running?",
  },
  zh: {
    intro: "请设置密码。用户名只需首位管理员填写;受邀用户请留空。",
    name: "登录用户名",
    password: "密码,至少 12 个字符",
    submit: "保存并登录",
    done: "完成:您已登录。",
    noToken: "该地址缺少令牌,请打开完整的链接。",
    noAnswer: "Patchbay 没有响应。它在运行吗?",
  },
};

const language = navigator.language.startsWith("zh") ? "zh" : "en";
const texts = TEXTS[language];
document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
for (const element of document.querySelectorAll("[data-text]")) element.textContent = texts[element.dataset.text];

const form = document.getElementById("form");
const problem = document.getElementById("problem");
const token = location.hash.slice(1);
if (!token) problem.textContent = texts.noToken;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.textContent = "";
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const { name, password } = Object.fromEntries(new FormData(form));
    const body = name ? { token, name, password } : { token, password };
    const answer = await fetch("/api/v1/setup", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) {
      problem.textContent = (await answer.json()).error.message;
      return;
    }
    history.replaceState(null, "", "/setup");
    form.hidden = true;
    document.getElementById("done").hidden = false;
  } catch {
    problem.textContent = texts.noAnswer;
  } finally {
    button.disabled = false;
  }
});
