import { DisconnectOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Teach } from "./Teach";

/** What stands where code could not be loaded: the connection is gone, or the server has a newer version by now. */
export function LoadFailure() {
  const { t } = useTranslation();
  return (
    <div role="alert">
      <Teach
        icon={<DisconnectOutlined />}
        title={t("notLoaded")}
        action={
          // A module that has failed once stays failed for as long as the page lives.
          <Button type="primary" onClick={() => location.reload()}>
            {t("tryAgain")}
          </Button>
        }
      >
        {t("notLoadedHelp")}
      </Teach>
    </div>
  );
}
