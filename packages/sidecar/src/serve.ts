import { PolicySetupError } from "@agentkit-policy/core";
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
import { openPolicyFile, type PolicyOpener } from "./open-policy.js";
import { AnotherLedgerError, Sidecar } from "./sidecar.js";

/** Our own band of error codes. A denial is a result, never an error. */
const setUpFailed = -32_010;
const anotherLedger = -32_011;

/** What an error tells a host beside its message. */
interface ErrorData {
  readonly name: string;
  readonly code?: string;
}

/**
 * Answers a host over a connection, until it says `shutdown` or goes away. Every message is checked against the contract
 * before it is used.
 * @param opener opens what `initialize` names: a policy file, unless a host of the vectors brings policies of its own
 * @returns when the connection has ended and the ledger is closed
 */
export async function serve(connection: MessageConnection, opener: PolicyOpener = openPolicyFile): Promise<void> {
  let opened: Promise<Sidecar> | undefined;
  let sidecar: Sidecar | undefined;
  /** Asks the sidecar, at once where it is open. */
  const asked = (question: (of: Sidecar) => Promise<unknown>): Promise<unknown> => {
    if (sidecar !== undefined) return question(sidecar);
    if (opened !== undefined) return opened.then(question);
    throw new ResponseError(ErrorCodes.ServerNotInitialized, 'the first message is "initialize"');
  };
  const ended = new Promise<void>((resolve) => {
    connection.onClose(() => resolve());
    connection.onNotification("shutdown", () => resolve());
  });

  /** Answers a method: its message is checked against the contract first, and what it throws tells nothing of its insides. */
  const answer = <Params>(method: string, guard: Guard<Params>, body: (params: Params) => Promise<unknown>): void => {
    connection.onRequest(method, (params: unknown): Promise<unknown> => {
      if (!guard(params)) throw new ResponseError(ErrorCodes.InvalidParams, `${method}: ${problemOf(guard, params)}`);
      return body(params).catch((error: unknown) => Promise.reject(responseError(method, error)));
    });
  };
  answer("initialize", isInitializeParams, async (params) => {
    if (opened !== undefined) throw new ResponseError(ErrorCodes.InvalidRequest, "it has been initialized already");
    const opening = Sidecar.open(params, opener);
    opened = opening;
    opening.catch(() => {
      // Whoever asks next hears it again, and may try once more.
      opened = undefined;
    });
    sidecar = await opening;
    return sidecar.description;
  });
  answer("policy/beforeAction", isBeforeActionParams, (params) => asked((of) => of.beforeAction(params)));
  answer("policy/beforeWalletCall", isBeforeWalletCallParams, (params) => asked((of) => of.beforeWalletCall(params)));
  answer("policy/settle", isSettleParams, (params) => asked((of) => of.settle(params)));
  connection.onNotification("policy/observe", async (params: unknown) => {
    // A notification that cannot be read is lost, as it may be: the journal says it again.
    if (isObserveParams(params)) (await opened)?.observe(params);
  });
  connection.listen();

  await ended;
  // vscode-jsonrpc leaves requests pending for ever when a peer goes away.
  connection.dispose();
  await (await opened?.catch(() => undefined))?.dispose();
}

/** vscode-jsonrpc drops what a thrown error carries and sends its message out; only its own kind keeps its data. */
function responseError(method: string, error: unknown): ResponseError<ErrorData> {
  if (error instanceof ResponseError) return error;
  if (LedgerFault.isInstance(error)) return new ResponseError(setUpFailed, error.message, { name: error.name, code: error.code });
  if (PolicySetupError.isInstance(error)) {
    return new ResponseError(setUpFailed, error.message, { name: error.name, code: error.code });
  }
  if (PolicyFileError.isInstance(error)) return new ResponseError(setUpFailed, error.message, { name: error.name });
  if (error instanceof AnotherLedgerError) return new ResponseError(anotherLedger, error.message, { name: error.name });
  // A fault of ours may say anything, a secret included: it goes to the log, and the host learns that there was one.
  process.stderr.write(`agentkit-policy: ${method} failed: ${error instanceof Error ? error.stack : String(error)}\n`);
  return new ResponseError(ErrorCodes.InternalError, `${method} failed inside the sidecar; its standard error says why`);
}
