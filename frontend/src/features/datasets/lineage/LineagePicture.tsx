import {
  ApartmentOutlined,
  CloudDownloadOutlined,
  DatabaseOutlined,
  DeploymentUnitOutlined,
  EllipsisOutlined,
  FieldTimeOutlined,
  FileTextOutlined,
  QuestionCircleOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useProjectPath } from "../../../api/project";
import styles from "./Lineage.module.css";
import type { Box, Picture } from "./lineage";

const WIDTH = 224;
const HEIGHT = 52;
const ROW_GAP = 12;
const COLUMN_GAP = 64;

const ICONS: { [kind in Box["kind"]]: ComponentType } = {
  file: FileTextOutlined,
  catalogue: CloudDownloadOutlined,
  flow: ApartmentOutlined,
  schedule: FieldTimeOutlined,
  unknown: QuestionCircleOutlined,
  dataset: DatabaseOutlined,
  model: DeploymentUnitOutlined,
  more: EllipsisOutlined,
};

interface Place {
  x: number;
  y: number;
}

/** Boxes from left to right; the list below says the same for those who do not see it. */
export function LineagePicture({ picture }: { picture: Picture }) {
  const { t } = useTranslation("datasets");
  const columns = picture.columns.filter((column) => column.length > 0);
  const tallest = Math.max(...columns.map(({ length }) => length));
  const height = tallest * (HEIGHT + ROW_GAP) - ROW_GAP;
  const width = columns.length * (WIDTH + COLUMN_GAP) - COLUMN_GAP;
  const places = new Map<string, Place>();
  columns.forEach((column, index) => {
    const top = (height - (column.length * (HEIGHT + ROW_GAP) - ROW_GAP)) / 2;
    column.forEach(({ id }, row) => {
      places.set(id, { x: index * (WIDTH + COLUMN_GAP), y: top + row * (HEIGHT + ROW_GAP) });
    });
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide picture is scrolled by keyboard
    <section className={styles.scroll} aria-label={t("lineage.picture")} tabIndex={0}>
      <div className={styles.picture} style={{ width, height }}>
        <svg width={width} height={height} aria-hidden="true">
          {picture.edges.map(([from, to]) => {
            const a = places.get(from);
            const b = places.get(to);
            return a && b && <path key={`${from} ${to}`} d={curve(a, b)} />;
          })}
        </svg>
        {columns.flat().map((box) => {
          const place = places.get(box.id);
          return place && <BoxOf key={box.id} box={box} place={place} />;
        })}
      </div>
    </section>
  );
}

function BoxOf({ box, place }: { box: Box; place: Place }) {
  const path = useProjectPath();
  const Icon = ICONS[box.kind];
  const content = (
    <>
      <span className={styles.icon}>
        <Icon />
      </span>
      <span className={styles.text}>
        <strong title={box.title}>{box.title}</strong>
        {box.about && <span title={box.about}>{box.about}</span>}
      </span>
    </>
  );
  const look = { className: styles.box, "data-kind": box.kind, style: { left: place.x, top: place.y } };
  return box.to === null ? (
    <div {...look}>{content}</div>
  ) : (
    <Link to={path(box.to)} {...look}>
      {content}
    </Link>
  );
}

function curve(a: Place, b: Place): string {
  const [x1, y1, x2, y2] = [a.x + WIDTH, a.y + HEIGHT / 2, b.x, b.y + HEIGHT / 2];
  const middle = (x1 + x2) / 2;
  return `M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}`;
}
