// What of the installed packages the tests load from one file.
module.exports = { agentKit: require("@coinbase/agentkit"), baseSepolia: require("viem/chains").baseSepolia };
