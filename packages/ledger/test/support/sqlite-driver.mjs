// The SQLite driver, for the processes that the driver kit starts.
import { join } from "node:path";
import { openSqliteLedger } from "../../dist/index.js";

export const open = (place, options) => openSqliteLedger(join(process.env.DRIVER_KIT_FOLDER, `${place}.db`), options);
