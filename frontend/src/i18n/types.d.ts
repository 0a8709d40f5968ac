import type account from "./en/account.json";
import type audit from "./en/audit.json";
import type canvas from "./en/canvas.json";
import type charts from "./en/charts.json";
import type common from "./en/common.json";
import type data from "./en/data.json";
import type datasets from "./en/datasets.json";
import type deployments from "./en/deployments.json";
import type errors from "./en/errors.json";
import type flows from "./en/flows.json";
import type forms from "./en/forms.json";
import type glossary from "./en/glossary.json";
import type home from "./en/home.json";
import type models from "./en/models.json";
import type operators from "./en/operators.json";
import type pools from "./en/pools.json";
import type publish from "./en/publish.json";
import type report from "./en/report.json";
import type runs from "./en/runs.json";
import type settings from "./en/settings.json";
import type signin from "./en/signin.json";
import type training from "./en/training.json";
import type users from "./en/users.json";
import type wizard from "./en/wizard.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: {
      common: typeof common;
      account: typeof account;
      audit: typeof audit;
      canvas: typeof canvas;
      charts: typeof charts;
      data: typeof data;
      datasets: typeof datasets;
      deployments: typeof deployments;
      errors: typeof errors;
      flows: typeof flows;
      forms: typeof forms;
      glossary: typeof glossary;
      home: typeof home;
      models: typeof models;
      operators: typeof operators;
      pools: typeof pools;
      publish: typeof publish;
      report: typeof report;
      runs: typeof runs;
      settings: typeof settings;
      signin: typeof signin;
      training: typeof training;
      users: typeof users;
      wizard: typeof wizard;
    };
  }
}
