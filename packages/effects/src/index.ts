export { type ActionReaderOptions, createActionReader, type DescribeAction } from "./action-reader.js";
export { parseAddress, toAccountId } from "./address.js";
export { AmountError, formatUnits, parseUnits } from "./amount.js";
export { erc20Amount, erc20Asset, nativeAsset, nativeDecimals, symbolOf, tokenDecimals } from "./assets.js";
export { canonicalActionOf, canonicalActions, isKnownAction, knownActionNames } from "./catalogue.js";
