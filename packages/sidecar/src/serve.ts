import { LedgerFault } from "@agentkit-policy/ledger";
import { PolicyFileError } from "@agentkit-policy/policies";
import {
  type Guard,
  isBeforeActionParams,
  isBeforeWalletCallParams,
  isInitializeParams,
  isObserveParams,
  isSettleParams,
  problemOf,
} from "@agentkit-policy/schema";
import { ErrorCodes, type MessageConnection, ResponseError } from "vscode-jsonrpc/node";
import { Sidecar } from "./sidecar.js";

/** Our own band of error codes: set-up only. A denial is a result, never an error. */
const setUpFailed = -32_010;

/** What an error tells a host beside its message. */
interface ErrorData {
  readonly name: string;
  readonly code?: string;
}

/**
 * Answers a host over a connection, until it says `shutdown` or goes away. Every message is checked against the contract
 * before it is used.
 * @returns when the connection has ended and the ledger is closed
 */
export async function serve(connection: MessageConnection): Promise<void> {
  let opened: Promise<Sidecar> | undefined;
  const sidecar = async (): Promise<Sidecar> => {
    if (opened === undefined) throw new ResponseError(ErrorCodes.ServerNotInitialized, 'the first message is "initialize"');
    return await opened;
  };
  const ended = new Promise<void>((resolve) => {
    connection.onClose(() => resolve());
    connection.onNotification("shutdown", () => resolve());
  });

  connection.onRequest("initialize", async (params: unknown): Promise<unknown> => {
    if (opened !== undefined) throw new ResponseError(ErrorCodes.InvalidRequest, "it has been initialized already");
    const checked = check("initialize", isInitializeParams, params);
    opened = Sidecar.open(checked);
    opened.catch(() => {
      // Whoever asks next hears it again, and may try once more.
      opened = undefined;
    });
    return (await opened.catch((error: unknown) => Promise.reject(setUpError(error)))).description;
  });
  connection.onRequest(
    "policy/beforeAction",
    async (params: unknown): Promise<unknown> =>
      (await sidecar()).beforeAction(check("policy/beforeAction", isBeforeActionParams, params)),
  );
  connection.onRequest(
    "policy/beforeWalletCall",
    async (params: unknown): Promise<unknown> =>
      (await sidecar()).beforeWalletCall(check("policy/beforeWalletCall", isBeforeWalletCallParams, params)),
  );
  connection.onNotification("policy/observe", async (params: unknown) => {
    // A notification that cannot be read is lost, as it may be: the journal says it again.
    if (isObserveParams(params)) (await opened)?.observe(params);
  });
  connection.onRequest(
    "policy/settle",
    async (params: unknown): Promise<unknown> => (await sidecar()).settle(check("policy/settle", isSettleParams, params)),
  );
  connection.listen();

  await ended;
  // vscode-jsonrpc leaves requests pending for ever when a peer goes away.
  connection.dispose();
  await (await opened?.catch(() => undefined))?.dispose();
}

function check<T>(method: string, guard: Guard<T>, params: unknown): T {
  if (guard(params)) return params;
  throw new ResponseError(ErrorCodes.InvalidParams, `${method}: ${problemOf(guard, params) ?? "it does not match the contract"}`);
}

/** vscode-jsonrpc drops what a thrown error carries; only its own kind keeps its data. */
function setUpError(error: unknown): ResponseError<ErrorData> {
  if (LedgerFault.isInstance(error)) return new ResponseError(setUpFailed, error.message, { name: error.name, code: error.code });
  if (PolicyFileError.isInstance(error)) return new ResponseError(setUpFailed, error.message, { name: error.name });
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return new ResponseError(ErrorCodes.InternalError, message, { name });
}
