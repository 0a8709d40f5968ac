import i18next from "i18next";
import { beforeAll, expect, test } from "vitest";
import { ApiError } from "../api/client";
import en from "../i18n/en/errors.json";
import zh from "../i18n/zh-CN/errors.json";
import { isForeign, messageOf, textOf } from "./messageOf";

beforeAll(async () => {
  await i18next.init({
    lng: "zh-CN",
    resources: { en: { errors: en }, "zh-CN": { errors: zh } },
    interpolation: { escapeValue: false },
  });
});

test("the reason of an error names its text, its details stand in it", () => {
  const error = new ApiError(404, "not_found", "There is no dataset 'lots'.", { reason: "dataset", dataset: "lots" });
  expect(messageOf(error)).toBe("此项目中没有数据集“lots”。");
});

test("an operator may say itself what went wrong, in the language that is read", () => {
  const texts = { en: "Column 'nm' is empty.", "zh-CN": "列“nm”为空。" };
  expect(textOf("data_invalid", texts.en, { texts })).toBe("列“nm”为空。");
  expect(textOf("data_invalid", "Gone.", { texts: { en: "Gone." } })).toBe("数据无法按原样使用：Gone.");
});

test("an English message is foreign to whoever reads Chinese, whatever names stand in it", () => {
  expect(isForeign("Column '温度' is empty in 3 rows.", {})).toBe(true);
  expect(isForeign("“temperature_1”列有 3 行为空，请先补上。", {})).toBe(false);
  expect(isForeign("Gone.", { texts: { "zh-CN": "没有了。" } })).toBe(false);
});

test("an unknown reason falls back to the code, an unknown code to the server's words", () => {
  expect(messageOf(new ApiError(409, "conflict", "Twice.", { reason: "new" }))).toBe("操作冲突：Twice.");
  expect(messageOf(new ApiError(418, "teapot", "I am a teapot."))).toBe("I am a teapot.");
});

test("lists and fields that do not fit are words of the sentence", () => {
  const used = new ApiError(409, "conflict", "", { reason: "dataset_used", used_by: ["flow a", "run 3"] });
  expect(messageOf(used)).toContain("flow a, run 3");
  const invalid = new ApiError(422, "invalid_request", "", {
    json: { days: ["Not a valid integer."], name: ["Gone."] },
  });
  expect(messageOf(invalid)).toBe("有值不符合要求：days, name。");
});

test("no answer says its status", () => {
  expect(messageOf(new ApiError(502, "no_answer", "Bad Gateway"))).toContain("502");
});
