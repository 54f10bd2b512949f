/** Boot: each module finds its own elements by data attribute, also in what htmx brings later. */
import { startBusy } from "./busy.js";
import { startConnection } from "./connection.js";
import { startCopy } from "./copy.js";
import { startDialog } from "./dialog.js";
import { startGuard } from "./guard.js";
import { startHold } from "./hold.js";
import { startJump } from "./jump.js";
import { startMenus } from "./menu.js";
import { startPolling } from "./polling.js";
import { startRefusals } from "./refusals.js";
import { startTheme } from "./theme.js";
import { startTicking } from "./ticking.js";
import { startToasts } from "./toasts.js";

startPolling();
startHold();
startConnection();
startRefusals();
startDialog();
startToasts();
startBusy();
startGuard();
startMenus();
startJump();
startCopy();
startTheme();
startTicking();
