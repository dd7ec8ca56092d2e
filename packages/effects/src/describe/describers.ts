import type { Describer } from "./describer.js";
import { describeErc20Approve, describeErc20Transfer } from "./erc20.js";
import { describeNativeTransfer } from "./native-transfer.js";

/** Describers by canonical id. Whatever spends and has none is of unknown effect. */
export const describers: ReadonlyMap<string, Describer> = new Map<string, Describer>([
  ["wallet.native_transfer", describeNativeTransfer],
  ["erc20.transfer", describeErc20Transfer],
  ["erc20.approve", describeErc20Approve],
]);
