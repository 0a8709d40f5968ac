import { api, ifMatch } from "../../api/client";

/** Names a user in the state of this moment, as a change wants it. */
export async function inState(name: string) {
  const path = { name };
  const { response } = await api.GET("/api/v1/users/{name}", { params: { path } });
  return { path, header: ifMatch(response) };
}
