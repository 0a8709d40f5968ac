import { StarFilled, StarOutlined } from "@ant-design/icons";
import { Tooltip } from "antd";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { OperatorIcon } from "../../lib/OperatorIcon";
import styles from "./Palette.module.css";
import { CONTROL, type PaletteItem } from "./paletteItems";
import { usePaletteChoices } from "./paletteStore";

/** What a dragged step is called on its way to the canvas. */
export const STEP_MIME = "application/x-patchbay-operator";

interface PaletteEntryProps {
  item: PaletteItem;
  /** Whether the Tab key stops here. */
  isTabStop: boolean;
  onAdd: () => void;
}

export const PaletteEntry = memo(function PaletteEntry({ item, isTabStop, onAdd }: PaletteEntryProps) {
  const { t } = useTranslation("canvas");
  const isFavourite = usePaletteChoices(({ favourites }) => favourites.includes(item.id));
  const { toggleFavourite, used } = usePaletteChoices.getState();
  const label = t(isFavourite ? "panels.palette.unfavour" : "panels.palette.favour", { title: item.title });
  return (
    <div className={styles.entry}>
      <Tooltip
        placement="right"
        mouseEnterDelay={0.6}
        title={
          <>
            <strong>{item.title}</strong>
            {item.family !== CONTROL && <div className={styles.id}>{item.id}</div>}
            <div>{item.description}</div>
          </>
        }
      >
        <button
          type="button"
          className={styles.add}
          data-entry={item.key}
          tabIndex={isTabStop ? 0 : -1}
          draggable
          onDragStart={(event) => {
            event.dataTransfer.setData(STEP_MIME, item.key);
            event.dataTransfer.effectAllowed = "copy";
            used(item.id);
          }}
          onClick={onAdd}
        >
          <OperatorIcon icon={item.icon} category={item.family === CONTROL ? item.icon : item.family} size={24} />
          <span className={styles.title}>{item.title}</span>
          {item.isDeprecated && <span className={styles.deprecated}>{t("panels.deprecated")}</span>}
        </button>
      </Tooltip>
      <button
        type="button"
        className={styles.star}
        data-on={isFavourite ? "" : undefined}
        tabIndex={-1}
        aria-label={label}
        aria-pressed={isFavourite}
        onClick={() => toggleFavourite(item.id)}
      >
        {isFavourite ? <StarFilled /> : <StarOutlined />}
      </button>
    </div>
  );
});
