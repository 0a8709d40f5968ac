import { expect, test } from "vitest";

type Texts = { [key: string]: string | Texts };

const files = import.meta.glob<Texts>("./{en,zh-CN}/*.json", { eager: true, import: "default" });

function leaves(texts: Texts, path = ""): Map<string, string> {
  return new Map(
    Object.entries(texts).flatMap(([key, value]) =>
      typeof value === "string" ? [[path + key, value] as const] : [...leaves(value, `${path}${key}.`)],
    ),
  );
}

// English has a form for one, Chinese has not.
const plural = (key: string) => key.replace(/_(one|other)$/, "_n");
const slots = (text: string) => [...text.matchAll(/{{\s*([\w.]+)/g)].map((match) => match[1]).sort();

const english = Object.keys(files).filter((path) => path.startsWith("./en/"));

test.each(english)("%s has the same keys and slots in Chinese", (path) => {
  const en = leaves(files[path] as Texts);
  const zh = leaves((files[path.replace("/en/", "/zh-CN/")] ?? {}) as Texts);
  expect([...new Set([...zh.keys()].map(plural))].sort()).toEqual([...new Set([...en.keys()].map(plural))].sort());
  for (const [key, text] of zh) {
    expect(text.trim(), key).not.toBe("");
    const original = en.get(key) ?? en.get(key.replace(/_other$/, "_one"));
    if (original && !/_(one|other)$/.test(key)) expect(slots(text), key).toEqual(slots(original));
  }
});

test("no Chinese file stands alone", () => {
  const chinese = Object.keys(files).filter((path) => path.startsWith("./zh-CN/"));
  expect(chinese.map((path) => path.replace("/zh-CN/", "/en/")).sort()).toEqual(english.sort());
});

test.each(english)("%s has the punctuation of Chinese in Chinese", (path) => {
  const half = /\p{Script=Han}[,;:?!()]|[,;:?!(] ?\p{Script=Han}/u;
  const zh = leaves((files[path.replace("/en/", "/zh-CN/")] ?? {}) as Texts);
  expect([...zh].filter(([, text]) => half.test(text))).toEqual([]);
});
