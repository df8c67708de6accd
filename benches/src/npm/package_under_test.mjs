// The package as npm installed it from the packed tarball.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { setting } from "../npm_projects/setting.mjs";

export const folder = join(setting.consumer, "node_modules/sealwright/dist");
export const sealwright = await import(pathToFileURL(join(folder, "node.js")));
