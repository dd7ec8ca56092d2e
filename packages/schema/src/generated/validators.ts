// Generated from schemas/v1 by "npm run codegen". Do not edit.
// Sources: context.schema.json, decision.schema.json, effect.schema.json, outcome.schema.json, rpc.schema.json, wallet-call.schema.json; SHA-256 4ceeee7f27f89e6145bf48f9f0da7c4a1285e5e834e1658cd1593f09d76e27ce
// @ts-nocheck: the output of Ajv's compiler.
var __getOwnPropNames = Object.getOwnPropertyNames;
var __commonJS = (cb, mod) => function() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
};

// node_modules/.pnpm/ajv@8.20.0/node_modules/ajv/dist/runtime/ucs2length.js
var require_ucs2length = __commonJS({
  "node_modules/.pnpm/ajv@8.20.0/node_modules/ajv/dist/runtime/ucs2length.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: !0 });
    function ucs2length(str) {
      let len = str.length, length = 0, pos = 0, value;
      for (; pos < len; )
        length++, value = str.charCodeAt(pos++), value >= 55296 && value <= 56319 && pos < len && (value = str.charCodeAt(pos), (value & 64512) === 56320 && pos++);
      return length;
    }
    exports.default = ucs2length;
  }
});

// <stdin>
var Layer = validate21, schema32 = { title: "Layer", description: "What is being judged: an AgentKit action, or a call to the wallet.", enum: ["action", "wallet"] };
function validate21(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate21.evaluated;
  return evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), data === "action" || data === "wallet" ? (validate21.errors = vErrors, errors === 0) : (validate21.errors = [{ instancePath, schemaPath: "#/enum", keyword: "enum", params: { allowedValues: schema32.enum }, message: "must be equal to one of the allowed values" }], !1);
}
validate21.evaluated = { dynamicProps: !1, dynamicItems: !1 };
var Id = validate22;
var pattern4 = new RegExp("^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", "u");
function validate22(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate22.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (typeof data == "string") {
      if (!pattern4.test(data))
        return validate22.errors = [{ instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" }, message: 'must match pattern "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"' }], !1;
    } else
      return validate22.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
  return validate22.errors = vErrors, errors === 0;
}
validate22.evaluated = { dynamicProps: !1, dynamicItems: !1 };
var JsonValue = validate23;
var wrapper0 = { validate: validate23 };
function validate23(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate23.evaluated;
  evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0);
  let _errs0 = errors, valid0 = !1, _errs1 = errors;
  if (data !== null) {
    let err0 = { instancePath, schemaPath: "#/anyOf/0/type", keyword: "type", params: { type: "null" }, message: "must be null" };
    vErrors === null ? vErrors = [err0] : vErrors.push(err0), errors++;
  }
  var _valid0 = _errs1 === errors;
  valid0 = valid0 || _valid0;
  let _errs3 = errors;
  if (typeof data != "boolean") {
    let err1 = { instancePath, schemaPath: "#/anyOf/1/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
    vErrors === null ? vErrors = [err1] : vErrors.push(err1), errors++;
  }
  var _valid0 = _errs3 === errors;
  valid0 = valid0 || _valid0;
  let _errs5 = errors;
  if (!(typeof data == "number" && isFinite(data))) {
    let err2 = { instancePath, schemaPath: "#/anyOf/2/type", keyword: "type", params: { type: "number" }, message: "must be number" };
    vErrors === null ? vErrors = [err2] : vErrors.push(err2), errors++;
  }
  var _valid0 = _errs5 === errors;
  valid0 = valid0 || _valid0;
  let _errs7 = errors;
  if (typeof data != "string") {
    let err3 = { instancePath, schemaPath: "#/anyOf/3/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    vErrors === null ? vErrors = [err3] : vErrors.push(err3), errors++;
  }
  var _valid0 = _errs7 === errors;
  valid0 = valid0 || _valid0;
  let _errs9 = errors;
  if (errors === _errs9)
    if (Array.isArray(data)) {
      var valid1 = !0;
      let len0 = data.length;
      for (let i0 = 0; i0 < len0; i0++) {
        let _errs11 = errors;
        wrapper0.validate(data[i0], { instancePath: instancePath + "/" + i0, parentData: data, parentDataProperty: i0, rootData, dynamicAnchors }) || (vErrors = vErrors === null ? wrapper0.validate.errors : vErrors.concat(wrapper0.validate.errors), errors = vErrors.length);
        var valid1 = _errs11 === errors;
        if (!valid1)
          break;
      }
    } else {
      let err4 = { instancePath, schemaPath: "#/anyOf/4/type", keyword: "type", params: { type: "array" }, message: "must be array" };
      vErrors === null ? vErrors = [err4] : vErrors.push(err4), errors++;
    }
  var _valid0 = _errs9 === errors;
  if (valid0 = valid0 || _valid0, _valid0)
    var items1 = !0;
  let _errs12 = errors;
  if (errors === _errs12)
    if (data && typeof data == "object" && !Array.isArray(data))
      for (let key0 of Object.keys(data)) {
        let _errs15 = errors;
        wrapper0.validate(data[key0], { instancePath: instancePath + "/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data, parentDataProperty: key0, rootData, dynamicAnchors }) || (vErrors = vErrors === null ? wrapper0.validate.errors : vErrors.concat(wrapper0.validate.errors), errors = vErrors.length);
        var valid2 = _errs15 === errors;
        if (!valid2)
          break;
      }
    else {
      let err5 = { instancePath, schemaPath: "#/anyOf/5/type", keyword: "type", params: { type: "object" }, message: "must be object" };
      vErrors === null ? vErrors = [err5] : vErrors.push(err5), errors++;
    }
  var _valid0 = _errs12 === errors;
  if (valid0 = valid0 || _valid0, _valid0)
    var props2 = !0;
  if (valid0)
    errors = _errs0, vErrors !== null && (_errs0 ? vErrors.length = _errs0 : vErrors = null);
  else {
    let err6 = { instancePath, schemaPath: "#/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
    return vErrors === null ? vErrors = [err6] : vErrors.push(err6), errors++, validate23.errors = vErrors, !1;
  }
  return validate23.errors = vErrors, evaluated0.props = props2, evaluated0.items = items1, errors === 0;
}
validate23.evaluated = { dynamicProps: !0, dynamicItems: !0 };
var Identity = validate24;
var func0 = Object.prototype.hasOwnProperty, func61 = require_ucs2length().default;
function validate24(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate24.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (data.userId !== void 0 && func0.call(data, "userId")) {
        let data0 = data.userId, _errs1 = errors;
        if (errors === _errs1)
          if (typeof data0 == "string") {
            if (func61(data0) > 512)
              return validate24.errors = [{ instancePath: instancePath + "/userId", schemaPath: "#/properties/userId/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" }], !1;
            if (func61(data0) < 1)
              return validate24.errors = [{ instancePath: instancePath + "/userId", schemaPath: "#/properties/userId/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
          } else
            return validate24.errors = [{ instancePath: instancePath + "/userId", schemaPath: "#/properties/userId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.sessionId !== void 0 && func0.call(data, "sessionId")) {
          let data1 = data.sessionId, _errs3 = errors;
          if (errors === _errs3)
            if (typeof data1 == "string") {
              if (func61(data1) > 512)
                return validate24.errors = [{ instancePath: instancePath + "/sessionId", schemaPath: "#/properties/sessionId/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" }], !1;
              if (func61(data1) < 1)
                return validate24.errors = [{ instancePath: instancePath + "/sessionId", schemaPath: "#/properties/sessionId/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
            } else
              return validate24.errors = [{ instancePath: instancePath + "/sessionId", schemaPath: "#/properties/sessionId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          var valid0 = _errs3 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.runId !== void 0 && func0.call(data, "runId")) {
            let data2 = data.runId, _errs5 = errors;
            if (errors === _errs5)
              if (typeof data2 == "string") {
                if (func61(data2) > 512)
                  return validate24.errors = [{ instancePath: instancePath + "/runId", schemaPath: "#/properties/runId/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" }], !1;
                if (func61(data2) < 1)
                  return validate24.errors = [{ instancePath: instancePath + "/runId", schemaPath: "#/properties/runId/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
              } else
                return validate24.errors = [{ instancePath: instancePath + "/runId", schemaPath: "#/properties/runId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
            var valid0 = _errs5 === errors;
          } else
            var valid0 = !0;
          if (valid0) {
            if (data.agentId !== void 0 && func0.call(data, "agentId")) {
              let data3 = data.agentId, _errs7 = errors;
              if (errors === _errs7)
                if (typeof data3 == "string") {
                  if (func61(data3) > 512)
                    return validate24.errors = [{ instancePath: instancePath + "/agentId", schemaPath: "#/properties/agentId/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" }], !1;
                  if (func61(data3) < 1)
                    return validate24.errors = [{ instancePath: instancePath + "/agentId", schemaPath: "#/properties/agentId/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
                } else
                  return validate24.errors = [{ instancePath: instancePath + "/agentId", schemaPath: "#/properties/agentId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
              var valid0 = _errs7 === errors;
            } else
              var valid0 = !0;
            if (valid0) {
              if (data.intentId !== void 0 && func0.call(data, "intentId")) {
                let data4 = data.intentId, _errs9 = errors;
                if (errors === _errs9)
                  if (typeof data4 == "string") {
                    if (func61(data4) > 512)
                      return validate24.errors = [{ instancePath: instancePath + "/intentId", schemaPath: "#/properties/intentId/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" }], !1;
                    if (func61(data4) < 1)
                      return validate24.errors = [{ instancePath: instancePath + "/intentId", schemaPath: "#/properties/intentId/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
                  } else
                    return validate24.errors = [{ instancePath: instancePath + "/intentId", schemaPath: "#/properties/intentId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                var valid0 = _errs9 === errors;
              } else
                var valid0 = !0;
              if (valid0)
                if (data.labels !== void 0 && func0.call(data, "labels")) {
                  let data5 = data.labels, _errs11 = errors;
                  if (errors === errors)
                    if (data5 && typeof data5 == "object" && !Array.isArray(data5))
                      for (let key0 of Object.keys(data5)) {
                        let _errs15 = errors;
                        if (typeof data5[key0] != "string")
                          return validate24.errors = [{ instancePath: instancePath + "/labels/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/$defs/StringMap/additionalProperties/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                        var valid2 = _errs15 === errors;
                        if (!valid2)
                          break;
                      }
                    else
                      return validate24.errors = [{ instancePath: instancePath + "/labels", schemaPath: "#/$defs/StringMap/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                  var valid0 = _errs11 === errors;
                } else
                  var valid0 = !0;
            }
          }
        }
      }
    } else
      return validate24.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate24.errors = vErrors, errors === 0;
}
validate24.evaluated = { props: { userId: !0, sessionId: !0, runId: !0, agentId: !0, intentId: !0, labels: !0 }, dynamicProps: !1, dynamicItems: !1 };
var ActionContext = validate25;
var pattern8 = new RegExp("^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$", "u"), pattern14 = new RegExp("^[0-9a-f]{64}$", "u"), schema44 = { title: "Effect", description: "One thing an action or a wallet call would do. A field that is absent is undeclared: it matches anything when a wallet call draws on it, except the amount, which then covers nothing. An amount is one of an asset: without it no limit would count it.", type: "object", required: ["kind", "basis"], dependentRequired: { amount: ["asset"] }, properties: { kind: { $ref: "#/$defs/EffectKind" }, asset: { $ref: "#/$defs/AssetId" }, amount: { $ref: "#/$defs/EffectAmount" }, counterparty: { description: "Who receives the value or the authority: the payee of a transfer, the spender of an approval.", $ref: "#/$defs/AccountId" }, contract: { description: "The contract through which it happens: the token of a token transfer, the target of a contract call.", $ref: "#/$defs/AccountId" }, method: { description: "The function called, by name where it could be decoded, by its four-byte selector where not.", type: "string", maxLength: 256 }, deadline: { description: "The last second (Unix time, decimal string) at which a signature can be used.", $ref: "#/$defs/AtomicAmount" }, basis: { description: "declared: read from the action's arguments. decoded: read from what the wallet was handed.", enum: ["declared", "decoded"] } } }, schema45 = { title: "EffectKind", description: 'The closed list of things that an action can do to value or authority. Whatever cannot be told is "unknown", never left out.', enum: ["transfer", "approval", "operator_approval", "permit", "authorization", "delegation", "contract_call", "deploy", "sign_message", "sign_hash", "external", "fee", "escape", "unknown"] };
var pattern9 = new RegExp("^(eip155:(0|[1-9][0-9]{0,31})/(slip44:60|erc20:0x[0-9a-f]{40}|(?!slip44:|erc20:)[-a-z0-9]{3,8}:[-.%a-z0-9]{1,128}(/[-.%a-z0-9]{1,78})?)|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}(/[-.%a-zA-Z0-9]{1,78})?)$", "u"), pattern11 = new RegExp("^(eip155:[0-9]{1,32}:0x[0-9a-f]{40}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128})$", "u"), pattern10 = new RegExp("^(0|[1-9][0-9]*)$", "u");
function validate28(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate28.evaluated;
  evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0);
  let _errs0 = errors, valid0 = !1, _errs1 = errors;
  if (errors === errors)
    if (typeof data == "string") {
      if (func61(data) > 100) {
        let err0 = { instancePath, schemaPath: "#/$defs/AtomicAmount/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters" };
        vErrors === null ? vErrors = [err0] : vErrors.push(err0), errors++;
      } else if (!pattern10.test(data)) {
        let err1 = { instancePath, schemaPath: "#/$defs/AtomicAmount/pattern", keyword: "pattern", params: { pattern: "^(0|[1-9][0-9]*)$" }, message: 'must match pattern "^(0|[1-9][0-9]*)$"' };
        vErrors === null ? vErrors = [err1] : vErrors.push(err1), errors++;
      }
    } else {
      let err2 = { instancePath, schemaPath: "#/$defs/AtomicAmount/type", keyword: "type", params: { type: "string" }, message: "must be string" };
      vErrors === null ? vErrors = [err2] : vErrors.push(err2), errors++;
    }
  var _valid0 = _errs1 === errors;
  valid0 = valid0 || _valid0;
  let _errs4 = errors;
  if (data !== "unlimited") {
    let err3 = { instancePath, schemaPath: "#/anyOf/1/const", keyword: "const", params: { allowedValue: "unlimited" }, message: "must be equal to constant" };
    vErrors === null ? vErrors = [err3] : vErrors.push(err3), errors++;
  }
  var _valid0 = _errs4 === errors;
  if (valid0 = valid0 || _valid0, valid0)
    errors = _errs0, vErrors !== null && (_errs0 ? vErrors.length = _errs0 : vErrors = null);
  else {
    let err4 = { instancePath, schemaPath: "#/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
    return vErrors === null ? vErrors = [err4] : vErrors.push(err4), errors++, validate28.errors = vErrors, !1;
  }
  return validate28.errors = vErrors, errors === 0;
}
validate28.evaluated = { dynamicProps: !1, dynamicItems: !1 };
function validate27(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate27.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.kind === void 0 || !func0.call(data, "kind")) && (missing0 = "kind") || (data.basis === void 0 || !func0.call(data, "basis")) && (missing0 = "basis"))
        return validate27.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.kind !== void 0 && func0.call(data, "kind")) {
        let data0 = data.kind, _errs1 = errors;
        if (!(data0 === "transfer" || data0 === "approval" || data0 === "operator_approval" || data0 === "permit" || data0 === "authorization" || data0 === "delegation" || data0 === "contract_call" || data0 === "deploy" || data0 === "sign_message" || data0 === "sign_hash" || data0 === "external" || data0 === "fee" || data0 === "escape" || data0 === "unknown"))
          return validate27.errors = [{ instancePath: instancePath + "/kind", schemaPath: "#/$defs/EffectKind/enum", keyword: "enum", params: { allowedValues: schema45.enum }, message: "must be equal to one of the allowed values" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.asset !== void 0 && func0.call(data, "asset")) {
          let data1 = data.asset, _errs3 = errors;
          if (errors === errors)
            if (typeof data1 == "string") {
              if (!pattern9.test(data1))
                return validate27.errors = [{ instancePath: instancePath + "/asset", schemaPath: "#/$defs/AssetId/pattern", keyword: "pattern", params: { pattern: "^(eip155:(0|[1-9][0-9]{0,31})/(slip44:60|erc20:0x[0-9a-f]{40}|(?!slip44:|erc20:)[-a-z0-9]{3,8}:[-.%a-z0-9]{1,128}(/[-.%a-z0-9]{1,78})?)|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}(/[-.%a-zA-Z0-9]{1,78})?)$" }, message: 'must match pattern "^(eip155:(0|[1-9][0-9]{0,31})/(slip44:60|erc20:0x[0-9a-f]{40}|(?!slip44:|erc20:)[-a-z0-9]{3,8}:[-.%a-z0-9]{1,128}(/[-.%a-z0-9]{1,78})?)|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}(/[-.%a-zA-Z0-9]{1,78})?)$"' }], !1;
            } else
              return validate27.errors = [{ instancePath: instancePath + "/asset", schemaPath: "#/$defs/AssetId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          var valid0 = _errs3 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.amount !== void 0 && func0.call(data, "amount")) {
            let _errs6 = errors;
            validate28(data.amount, { instancePath: instancePath + "/amount", parentData: data, parentDataProperty: "amount", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate28.errors : vErrors.concat(validate28.errors), errors = vErrors.length);
            var valid0 = _errs6 === errors;
          } else
            var valid0 = !0;
          if (valid0) {
            if (data.counterparty !== void 0 && func0.call(data, "counterparty")) {
              let data3 = data.counterparty, _errs7 = errors;
              if (errors === errors)
                if (typeof data3 == "string") {
                  if (!pattern11.test(data3))
                    return validate27.errors = [{ instancePath: instancePath + "/counterparty", schemaPath: "#/$defs/AccountId/pattern", keyword: "pattern", params: { pattern: "^(eip155:[0-9]{1,32}:0x[0-9a-f]{40}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128})$" }, message: 'must match pattern "^(eip155:[0-9]{1,32}:0x[0-9a-f]{40}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128})$"' }], !1;
                } else
                  return validate27.errors = [{ instancePath: instancePath + "/counterparty", schemaPath: "#/$defs/AccountId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
              var valid0 = _errs7 === errors;
            } else
              var valid0 = !0;
            if (valid0) {
              if (data.contract !== void 0 && func0.call(data, "contract")) {
                let data4 = data.contract, _errs10 = errors;
                if (errors === errors)
                  if (typeof data4 == "string") {
                    if (!pattern11.test(data4))
                      return validate27.errors = [{ instancePath: instancePath + "/contract", schemaPath: "#/$defs/AccountId/pattern", keyword: "pattern", params: { pattern: "^(eip155:[0-9]{1,32}:0x[0-9a-f]{40}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128})$" }, message: 'must match pattern "^(eip155:[0-9]{1,32}:0x[0-9a-f]{40}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128})$"' }], !1;
                  } else
                    return validate27.errors = [{ instancePath: instancePath + "/contract", schemaPath: "#/$defs/AccountId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                var valid0 = _errs10 === errors;
              } else
                var valid0 = !0;
              if (valid0) {
                if (data.method !== void 0 && func0.call(data, "method")) {
                  let data5 = data.method, _errs13 = errors;
                  if (errors === _errs13)
                    if (typeof data5 == "string") {
                      if (func61(data5) > 256)
                        return validate27.errors = [{ instancePath: instancePath + "/method", schemaPath: "#/properties/method/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
                    } else
                      return validate27.errors = [{ instancePath: instancePath + "/method", schemaPath: "#/properties/method/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                  var valid0 = _errs13 === errors;
                } else
                  var valid0 = !0;
                if (valid0) {
                  if (data.deadline !== void 0 && func0.call(data, "deadline")) {
                    let data6 = data.deadline, _errs15 = errors;
                    if (errors === errors)
                      if (typeof data6 == "string") {
                        if (func61(data6) > 100)
                          return validate27.errors = [{ instancePath: instancePath + "/deadline", schemaPath: "#/$defs/AtomicAmount/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters" }], !1;
                        if (!pattern10.test(data6))
                          return validate27.errors = [{ instancePath: instancePath + "/deadline", schemaPath: "#/$defs/AtomicAmount/pattern", keyword: "pattern", params: { pattern: "^(0|[1-9][0-9]*)$" }, message: 'must match pattern "^(0|[1-9][0-9]*)$"' }], !1;
                      } else
                        return validate27.errors = [{ instancePath: instancePath + "/deadline", schemaPath: "#/$defs/AtomicAmount/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                    var valid0 = _errs15 === errors;
                  } else
                    var valid0 = !0;
                  if (valid0) {
                    if (data.basis !== void 0 && func0.call(data, "basis")) {
                      let data7 = data.basis, _errs18 = errors;
                      if (!(data7 === "declared" || data7 === "decoded"))
                        return validate27.errors = [{ instancePath: instancePath + "/basis", schemaPath: "#/properties/basis/enum", keyword: "enum", params: { allowedValues: schema44.properties.basis.enum }, message: "must be equal to one of the allowed values" }], !1;
                      var valid0 = _errs18 === errors;
                    } else
                      var valid0 = !0;
                    if (valid0) {
                      let missing1;
                      if (data.amount !== void 0 && func0.call(data, "amount") && (data.asset === void 0 || !func0.call(data, "asset")) && (missing1 = "asset"))
                        return validate27.errors = [{ instancePath, schemaPath: "#/dependentRequired", keyword: "dependentRequired", params: {
                          property: "amount",
                          missingProperty: missing1,
                          depsCount: 1,
                          deps: "asset"
                        }, message: "must have property asset when property amount is present" }], !1;
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else
      return validate27.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate27.errors = vErrors, errors === 0;
}
validate27.evaluated = { props: { kind: !0, asset: !0, amount: !0, counterparty: !0, contract: !0, method: !0, deadline: !0, basis: !0 }, dynamicProps: !1, dynamicItems: !1 };
function validate25(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate25.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.layer === void 0 || !func0.call(data, "layer")) && (missing0 = "layer") || (data.actionId === void 0 || !func0.call(data, "actionId")) && (missing0 = "actionId") || (data.actionName === void 0 || !func0.call(data, "actionName")) && (missing0 = "actionName") || (data.args === void 0 || !func0.call(data, "args")) && (missing0 = "args") || (data.effects === void 0 || !func0.call(data, "effects")) && (missing0 = "effects") || (data.moneyVisible === void 0 || !func0.call(data, "moneyVisible")) && (missing0 = "moneyVisible") || (data.actionHash === void 0 || !func0.call(data, "actionHash")) && (missing0 = "actionHash") || (data.requestedAt === void 0 || !func0.call(data, "requestedAt")) && (missing0 = "requestedAt"))
        return validate25.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.layer !== void 0 && func0.call(data, "layer")) {
        let data0 = data.layer, _errs1 = errors;
        if (!(data0 === "action" || data0 === "wallet"))
          return validate25.errors = [{ instancePath: instancePath + "/layer", schemaPath: "#/$defs/Layer/enum", keyword: "enum", params: { allowedValues: schema32.enum }, message: "must be equal to one of the allowed values" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.actionId !== void 0 && func0.call(data, "actionId")) {
          let data1 = data.actionId, _errs3 = errors;
          if (errors === errors)
            if (typeof data1 == "string") {
              if (!pattern4.test(data1))
                return validate25.errors = [{ instancePath: instancePath + "/actionId", schemaPath: "#/$defs/Id/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" }, message: 'must match pattern "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"' }], !1;
            } else
              return validate25.errors = [{ instancePath: instancePath + "/actionId", schemaPath: "#/$defs/Id/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          var valid0 = _errs3 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.callId !== void 0 && func0.call(data, "callId")) {
            let data2 = data.callId, _errs6 = errors;
            if (errors === errors)
              if (typeof data2 == "string") {
                if (!pattern4.test(data2))
                  return validate25.errors = [{ instancePath: instancePath + "/callId", schemaPath: "#/$defs/Id/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" }, message: 'must match pattern "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"' }], !1;
              } else
                return validate25.errors = [{ instancePath: instancePath + "/callId", schemaPath: "#/$defs/Id/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
            var valid0 = _errs6 === errors;
          } else
            var valid0 = !0;
          if (valid0) {
            if (data.parentActionId !== void 0 && func0.call(data, "parentActionId")) {
              let data3 = data.parentActionId, _errs9 = errors;
              if (errors === errors)
                if (typeof data3 == "string") {
                  if (!pattern4.test(data3))
                    return validate25.errors = [{ instancePath: instancePath + "/parentActionId", schemaPath: "#/$defs/Id/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" }, message: 'must match pattern "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"' }], !1;
                } else
                  return validate25.errors = [{ instancePath: instancePath + "/parentActionId", schemaPath: "#/$defs/Id/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
              var valid0 = _errs9 === errors;
            } else
              var valid0 = !0;
            if (valid0) {
              if (data.actionName !== void 0 && func0.call(data, "actionName")) {
                let data4 = data.actionName, _errs12 = errors;
                if (errors === _errs12)
                  if (typeof data4 == "string") {
                    if (func61(data4) > 512)
                      return validate25.errors = [{ instancePath: instancePath + "/actionName", schemaPath: "#/properties/actionName/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" }], !1;
                  } else
                    return validate25.errors = [{ instancePath: instancePath + "/actionName", schemaPath: "#/properties/actionName/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                var valid0 = _errs12 === errors;
              } else
                var valid0 = !0;
              if (valid0) {
                if (data.canonicalAction !== void 0 && func0.call(data, "canonicalAction")) {
                  let data5 = data.canonicalAction, _errs14 = errors;
                  if (errors === _errs14)
                    if (typeof data5 == "string") {
                      if (func61(data5) > 256)
                        return validate25.errors = [{ instancePath: instancePath + "/canonicalAction", schemaPath: "#/properties/canonicalAction/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
                    } else
                      return validate25.errors = [{ instancePath: instancePath + "/canonicalAction", schemaPath: "#/properties/canonicalAction/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                  var valid0 = _errs14 === errors;
                } else
                  var valid0 = !0;
                if (valid0) {
                  if (data.walletAddress !== void 0 && func0.call(data, "walletAddress")) {
                    let data6 = data.walletAddress, _errs16 = errors;
                    if (errors === _errs16)
                      if (typeof data6 == "string") {
                        if (func61(data6) > 256)
                          return validate25.errors = [{ instancePath: instancePath + "/walletAddress", schemaPath: "#/properties/walletAddress/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
                      } else
                        return validate25.errors = [{ instancePath: instancePath + "/walletAddress", schemaPath: "#/properties/walletAddress/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                    var valid0 = _errs16 === errors;
                  } else
                    var valid0 = !0;
                  if (valid0) {
                    if (data.network !== void 0 && func0.call(data, "network")) {
                      let data7 = data.network, _errs18 = errors;
                      if (errors === _errs18)
                        if (typeof data7 == "string") {
                          if (func61(data7) > 256)
                            return validate25.errors = [{ instancePath: instancePath + "/network", schemaPath: "#/properties/network/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
                        } else
                          return validate25.errors = [{ instancePath: instancePath + "/network", schemaPath: "#/properties/network/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                      var valid0 = _errs18 === errors;
                    } else
                      var valid0 = !0;
                    if (valid0) {
                      if (data.chainId !== void 0 && func0.call(data, "chainId")) {
                        let data8 = data.chainId, _errs20 = errors;
                        if (errors === errors)
                          if (typeof data8 == "string") {
                            if (!pattern8.test(data8))
                              return validate25.errors = [{ instancePath: instancePath + "/chainId", schemaPath: "#/$defs/ChainId/pattern", keyword: "pattern", params: { pattern: "^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$" }, message: 'must match pattern "^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$"' }], !1;
                          } else
                            return validate25.errors = [{ instancePath: instancePath + "/chainId", schemaPath: "#/$defs/ChainId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                        var valid0 = _errs20 === errors;
                      } else
                        var valid0 = !0;
                      if (valid0) {
                        if (data.args !== void 0 && func0.call(data, "args")) {
                          let _errs23 = errors;
                          validate23(data.args, { instancePath: instancePath + "/args", parentData: data, parentDataProperty: "args", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors), errors = vErrors.length);
                          var valid0 = _errs23 === errors;
                        } else
                          var valid0 = !0;
                        if (valid0) {
                          if (data.userId !== void 0 && func0.call(data, "userId")) {
                            let data10 = data.userId, _errs24 = errors;
                            if (errors === _errs24)
                              if (typeof data10 == "string") {
                                if (func61(data10) > 512)
                                  return validate25.errors = [{ instancePath: instancePath + "/userId", schemaPath: "#/properties/userId/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" }], !1;
                                if (func61(data10) < 1)
                                  return validate25.errors = [{ instancePath: instancePath + "/userId", schemaPath: "#/properties/userId/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
                              } else
                                return validate25.errors = [{ instancePath: instancePath + "/userId", schemaPath: "#/properties/userId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                            var valid0 = _errs24 === errors;
                          } else
                            var valid0 = !0;
                          if (valid0) {
                            if (data.sessionId !== void 0 && func0.call(data, "sessionId")) {
                              let data11 = data.sessionId, _errs26 = errors;
                              if (errors === _errs26)
                                if (typeof data11 == "string") {
                                  if (func61(data11) > 512)
                                    return validate25.errors = [{ instancePath: instancePath + "/sessionId", schemaPath: "#/properties/sessionId/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" }], !1;
                                  if (func61(data11) < 1)
                                    return validate25.errors = [{ instancePath: instancePath + "/sessionId", schemaPath: "#/properties/sessionId/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
                                } else
                                  return validate25.errors = [{ instancePath: instancePath + "/sessionId", schemaPath: "#/properties/sessionId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                              var valid0 = _errs26 === errors;
                            } else
                              var valid0 = !0;
                            if (valid0) {
                              if (data.runId !== void 0 && func0.call(data, "runId")) {
                                let data12 = data.runId, _errs28 = errors;
                                if (errors === _errs28)
                                  if (typeof data12 == "string") {
                                    if (func61(data12) > 512)
                                      return validate25.errors = [{ instancePath: instancePath + "/runId", schemaPath: "#/properties/runId/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" }], !1;
                                    if (func61(data12) < 1)
                                      return validate25.errors = [{ instancePath: instancePath + "/runId", schemaPath: "#/properties/runId/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
                                  } else
                                    return validate25.errors = [{ instancePath: instancePath + "/runId", schemaPath: "#/properties/runId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                var valid0 = _errs28 === errors;
                              } else
                                var valid0 = !0;
                              if (valid0) {
                                if (data.agentId !== void 0 && func0.call(data, "agentId")) {
                                  let data13 = data.agentId, _errs30 = errors;
                                  if (errors === _errs30)
                                    if (typeof data13 == "string") {
                                      if (func61(data13) > 512)
                                        return validate25.errors = [{ instancePath: instancePath + "/agentId", schemaPath: "#/properties/agentId/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" }], !1;
                                      if (func61(data13) < 1)
                                        return validate25.errors = [{ instancePath: instancePath + "/agentId", schemaPath: "#/properties/agentId/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
                                    } else
                                      return validate25.errors = [{ instancePath: instancePath + "/agentId", schemaPath: "#/properties/agentId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                  var valid0 = _errs30 === errors;
                                } else
                                  var valid0 = !0;
                                if (valid0) {
                                  if (data.intentId !== void 0 && func0.call(data, "intentId")) {
                                    let data14 = data.intentId, _errs32 = errors;
                                    if (errors === _errs32)
                                      if (typeof data14 == "string") {
                                        if (func61(data14) > 512)
                                          return validate25.errors = [{ instancePath: instancePath + "/intentId", schemaPath: "#/properties/intentId/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" }], !1;
                                        if (func61(data14) < 1)
                                          return validate25.errors = [{ instancePath: instancePath + "/intentId", schemaPath: "#/properties/intentId/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
                                      } else
                                        return validate25.errors = [{ instancePath: instancePath + "/intentId", schemaPath: "#/properties/intentId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                    var valid0 = _errs32 === errors;
                                  } else
                                    var valid0 = !0;
                                  if (valid0) {
                                    if (data.labels !== void 0 && func0.call(data, "labels")) {
                                      let data15 = data.labels, _errs34 = errors;
                                      if (errors === errors)
                                        if (data15 && typeof data15 == "object" && !Array.isArray(data15))
                                          for (let key0 of Object.keys(data15)) {
                                            let _errs38 = errors;
                                            if (typeof data15[key0] != "string")
                                              return validate25.errors = [{ instancePath: instancePath + "/labels/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/$defs/StringMap/additionalProperties/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                            var valid7 = _errs38 === errors;
                                            if (!valid7)
                                              break;
                                          }
                                        else
                                          return validate25.errors = [{ instancePath: instancePath + "/labels", schemaPath: "#/$defs/StringMap/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                                      var valid0 = _errs34 === errors;
                                    } else
                                      var valid0 = !0;
                                    if (valid0) {
                                      if (data.effects !== void 0 && func0.call(data, "effects")) {
                                        let data17 = data.effects, _errs40 = errors;
                                        if (errors === _errs40)
                                          if (Array.isArray(data17)) {
                                            var valid8 = !0;
                                            let len0 = data17.length;
                                            for (let i0 = 0; i0 < len0; i0++) {
                                              let _errs42 = errors;
                                              validate27(data17[i0], { instancePath: instancePath + "/effects/" + i0, parentData: data17, parentDataProperty: i0, rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate27.errors : vErrors.concat(validate27.errors), errors = vErrors.length);
                                              var valid8 = _errs42 === errors;
                                              if (!valid8)
                                                break;
                                            }
                                          } else
                                            return validate25.errors = [{ instancePath: instancePath + "/effects", schemaPath: "#/properties/effects/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                                        var valid0 = _errs40 === errors;
                                      } else
                                        var valid0 = !0;
                                      if (valid0) {
                                        if (data.excess !== void 0 && func0.call(data, "excess")) {
                                          let data19 = data.excess, _errs43 = errors;
                                          if (errors === _errs43)
                                            if (Array.isArray(data19)) {
                                              var valid9 = !0;
                                              let len1 = data19.length;
                                              for (let i1 = 0; i1 < len1; i1++) {
                                                let _errs45 = errors;
                                                validate27(data19[i1], { instancePath: instancePath + "/excess/" + i1, parentData: data19, parentDataProperty: i1, rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate27.errors : vErrors.concat(validate27.errors), errors = vErrors.length);
                                                var valid9 = _errs45 === errors;
                                                if (!valid9)
                                                  break;
                                              }
                                            } else
                                              return validate25.errors = [{ instancePath: instancePath + "/excess", schemaPath: "#/properties/excess/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                                          var valid0 = _errs43 === errors;
                                        } else
                                          var valid0 = !0;
                                        if (valid0) {
                                          if (data.moneyVisible !== void 0 && func0.call(data, "moneyVisible")) {
                                            let _errs46 = errors;
                                            if (typeof data.moneyVisible != "boolean")
                                              return validate25.errors = [{ instancePath: instancePath + "/moneyVisible", schemaPath: "#/properties/moneyVisible/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }], !1;
                                            var valid0 = _errs46 === errors;
                                          } else
                                            var valid0 = !0;
                                          if (valid0) {
                                            if (data.actionHash !== void 0 && func0.call(data, "actionHash")) {
                                              let data22 = data.actionHash, _errs48 = errors;
                                              if (errors === _errs48)
                                                if (typeof data22 == "string") {
                                                  if (!pattern14.test(data22))
                                                    return validate25.errors = [{ instancePath: instancePath + "/actionHash", schemaPath: "#/properties/actionHash/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' }], !1;
                                                } else
                                                  return validate25.errors = [{ instancePath: instancePath + "/actionHash", schemaPath: "#/properties/actionHash/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                              var valid0 = _errs48 === errors;
                                            } else
                                              var valid0 = !0;
                                            if (valid0)
                                              if (data.requestedAt !== void 0 && func0.call(data, "requestedAt")) {
                                                let data23 = data.requestedAt, _errs50 = errors;
                                                if (errors === _errs50)
                                                  if (typeof data23 == "string") {
                                                    if (func61(data23) > 64)
                                                      return validate25.errors = [{ instancePath: instancePath + "/requestedAt", schemaPath: "#/properties/requestedAt/maxLength", keyword: "maxLength", params: { limit: 64 }, message: "must NOT have more than 64 characters" }], !1;
                                                  } else
                                                    return validate25.errors = [{ instancePath: instancePath + "/requestedAt", schemaPath: "#/properties/requestedAt/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                                var valid0 = _errs50 === errors;
                                              } else
                                                var valid0 = !0;
                                          }
                                        }
                                      }
                                    }
                                  }
                                }
                              }
                            }
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else
      return validate25.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate25.errors = vErrors, errors === 0;
}
validate25.evaluated = { props: { layer: !0, actionId: !0, callId: !0, parentActionId: !0, actionName: !0, canonicalAction: !0, walletAddress: !0, network: !0, chainId: !0, args: !0, userId: !0, sessionId: !0, runId: !0, agentId: !0, intentId: !0, labels: !0, effects: !0, excess: !0, moneyVisible: !0, actionHash: !0, requestedAt: !0 }, dynamicProps: !1, dynamicItems: !1 };
var StringMap = validate32;
function validate32(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate32.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data))
      for (let key0 of Object.keys(data)) {
        let _errs2 = errors;
        if (typeof data[key0] != "string")
          return validate32.errors = [{ instancePath: instancePath + "/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/additionalProperties/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
        var valid0 = _errs2 === errors;
        if (!valid0)
          break;
      }
    else
      return validate32.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate32.errors = vErrors, errors === 0;
}
validate32.evaluated = { props: !0, dynamicProps: !1, dynamicItems: !1 };
var Allow = validate33;
function validate33(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate33.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.decision === void 0 || !func0.call(data, "decision")) && (missing0 = "decision"))
        return validate33.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.decision !== void 0 && func0.call(data, "decision")) {
        let _errs1 = errors;
        if (data.decision !== "allow")
          return validate33.errors = [{ instancePath: instancePath + "/decision", schemaPath: "#/properties/decision/const", keyword: "const", params: { allowedValue: "allow" }, message: "must be equal to constant" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.metadata !== void 0 && func0.call(data, "metadata")) {
          let data1 = data.metadata, _errs2 = errors;
          if (errors === errors)
            if (data1 && typeof data1 == "object" && !Array.isArray(data1))
              for (let key0 of Object.keys(data1)) {
                let _errs6 = errors;
                if (typeof data1[key0] != "string")
                  return validate33.errors = [{ instancePath: instancePath + "/metadata/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/$defs/StringMap/additionalProperties/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                var valid2 = _errs6 === errors;
                if (!valid2)
                  break;
              }
            else
              return validate33.errors = [{ instancePath: instancePath + "/metadata", schemaPath: "#/$defs/StringMap/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
          var valid0 = _errs2 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.settlement !== void 0 && func0.call(data, "settlement")) {
            let data3 = data.settlement, _errs8 = errors;
            if (errors === _errs8 && !(data3 && typeof data3 == "object" && !Array.isArray(data3)))
              return validate33.errors = [{ instancePath: instancePath + "/settlement", schemaPath: "#/properties/settlement/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
            var valid0 = _errs8 === errors;
          } else
            var valid0 = !0;
          if (valid0)
            if (data.validForMs !== void 0 && func0.call(data, "validForMs")) {
              let data4 = data.validForMs, _errs11 = errors;
              if (!(typeof data4 == "number" && !(data4 % 1) && !isNaN(data4) && isFinite(data4)))
                return validate33.errors = [{ instancePath: instancePath + "/validForMs", schemaPath: "#/properties/validForMs/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
              if (errors === _errs11 && typeof data4 == "number" && isFinite(data4)) {
                if (data4 > 9007199254740991 || isNaN(data4))
                  return validate33.errors = [{ instancePath: instancePath + "/validForMs", schemaPath: "#/properties/validForMs/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }], !1;
                if (data4 < 0 || isNaN(data4))
                  return validate33.errors = [{ instancePath: instancePath + "/validForMs", schemaPath: "#/properties/validForMs/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
              }
              var valid0 = _errs11 === errors;
            } else
              var valid0 = !0;
        }
      }
    } else
      return validate33.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate33.errors = vErrors, errors === 0;
}
validate33.evaluated = { props: { decision: !0, metadata: !0, settlement: !0, validForMs: !0 }, dynamicProps: !1, dynamicItems: !1 };
var Deny = validate34;
var pattern15 = new RegExp("^[a-z][a-z0-9_]{0,63}$", "u");
function validate34(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate34.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.decision === void 0 || !func0.call(data, "decision")) && (missing0 = "decision") || (data.reason === void 0 || !func0.call(data, "reason")) && (missing0 = "reason"))
        return validate34.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.decision !== void 0 && func0.call(data, "decision")) {
        let _errs1 = errors;
        if (data.decision !== "deny")
          return validate34.errors = [{ instancePath: instancePath + "/decision", schemaPath: "#/properties/decision/const", keyword: "const", params: { allowedValue: "deny" }, message: "must be equal to constant" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.reason !== void 0 && func0.call(data, "reason")) {
          let data1 = data.reason, _errs2 = errors;
          if (errors === _errs2)
            if (typeof data1 == "string") {
              if (func61(data1) > 4096)
                return validate34.errors = [{ instancePath: instancePath + "/reason", schemaPath: "#/properties/reason/maxLength", keyword: "maxLength", params: { limit: 4096 }, message: "must NOT have more than 4096 characters" }], !1;
            } else
              return validate34.errors = [{ instancePath: instancePath + "/reason", schemaPath: "#/properties/reason/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          var valid0 = _errs2 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.code !== void 0 && func0.call(data, "code")) {
            let data2 = data.code, _errs4 = errors;
            if (errors === errors)
              if (typeof data2 == "string") {
                if (!pattern15.test(data2))
                  return validate34.errors = [{ instancePath: instancePath + "/code", schemaPath: "#/$defs/ReasonCode/pattern", keyword: "pattern", params: { pattern: "^[a-z][a-z0-9_]{0,63}$" }, message: 'must match pattern "^[a-z][a-z0-9_]{0,63}$"' }], !1;
              } else
                return validate34.errors = [{ instancePath: instancePath + "/code", schemaPath: "#/$defs/ReasonCode/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
            var valid0 = _errs4 === errors;
          } else
            var valid0 = !0;
          if (valid0) {
            if (data.metadata !== void 0 && func0.call(data, "metadata")) {
              let data3 = data.metadata, _errs7 = errors;
              if (errors === errors)
                if (data3 && typeof data3 == "object" && !Array.isArray(data3))
                  for (let key0 of Object.keys(data3)) {
                    let _errs11 = errors;
                    if (typeof data3[key0] != "string")
                      return validate34.errors = [{ instancePath: instancePath + "/metadata/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/$defs/StringMap/additionalProperties/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                    var valid3 = _errs11 === errors;
                    if (!valid3)
                      break;
                  }
                else
                  return validate34.errors = [{ instancePath: instancePath + "/metadata", schemaPath: "#/$defs/StringMap/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
              var valid0 = _errs7 === errors;
            } else
              var valid0 = !0;
            if (valid0) {
              if (data.retryAfterMs !== void 0 && func0.call(data, "retryAfterMs")) {
                let data5 = data.retryAfterMs, _errs13 = errors;
                if (!(typeof data5 == "number" && !(data5 % 1) && !isNaN(data5) && isFinite(data5)))
                  return validate34.errors = [{ instancePath: instancePath + "/retryAfterMs", schemaPath: "#/properties/retryAfterMs/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                if (errors === _errs13 && typeof data5 == "number" && isFinite(data5)) {
                  if (data5 > 9007199254740991 || isNaN(data5))
                    return validate34.errors = [{ instancePath: instancePath + "/retryAfterMs", schemaPath: "#/properties/retryAfterMs/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }], !1;
                  if (data5 < 0 || isNaN(data5))
                    return validate34.errors = [{ instancePath: instancePath + "/retryAfterMs", schemaPath: "#/properties/retryAfterMs/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
                }
                var valid0 = _errs13 === errors;
              } else
                var valid0 = !0;
              if (valid0)
                if (data.approval !== void 0 && func0.call(data, "approval")) {
                  let data6 = data.approval, _errs15 = errors;
                  if (errors === errors)
                    if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
                      let missing1;
                      if ((data6.id === void 0 || !func0.call(data6, "id")) && (missing1 = "id"))
                        return validate34.errors = [{ instancePath: instancePath + "/approval", schemaPath: "#/$defs/ApprovalHandle/required", keyword: "required", params: { missingProperty: missing1 }, message: "must have required property '" + missing1 + "'" }], !1;
                      if (data6.id !== void 0 && func0.call(data6, "id")) {
                        let data7 = data6.id, _errs18 = errors;
                        if (errors === _errs18)
                          if (typeof data7 == "string") {
                            if (func61(data7) > 256)
                              return validate34.errors = [{ instancePath: instancePath + "/approval/id", schemaPath: "#/$defs/ApprovalHandle/properties/id/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
                            if (func61(data7) < 1)
                              return validate34.errors = [{ instancePath: instancePath + "/approval/id", schemaPath: "#/$defs/ApprovalHandle/properties/id/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
                          } else
                            return validate34.errors = [{ instancePath: instancePath + "/approval/id", schemaPath: "#/$defs/ApprovalHandle/properties/id/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                        var valid5 = _errs18 === errors;
                      } else
                        var valid5 = !0;
                      if (valid5)
                        if (data6.expiresAt !== void 0 && func0.call(data6, "expiresAt")) {
                          let data8 = data6.expiresAt, _errs20 = errors;
                          if (errors === _errs20)
                            if (typeof data8 == "string") {
                              if (func61(data8) > 64)
                                return validate34.errors = [{ instancePath: instancePath + "/approval/expiresAt", schemaPath: "#/$defs/ApprovalHandle/properties/expiresAt/maxLength", keyword: "maxLength", params: { limit: 64 }, message: "must NOT have more than 64 characters" }], !1;
                            } else
                              return validate34.errors = [{ instancePath: instancePath + "/approval/expiresAt", schemaPath: "#/$defs/ApprovalHandle/properties/expiresAt/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                          var valid5 = _errs20 === errors;
                        } else
                          var valid5 = !0;
                    } else
                      return validate34.errors = [{ instancePath: instancePath + "/approval", schemaPath: "#/$defs/ApprovalHandle/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                  var valid0 = _errs15 === errors;
                } else
                  var valid0 = !0;
            }
          }
        }
      }
    } else
      return validate34.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate34.errors = vErrors, errors === 0;
}
validate34.evaluated = { props: { decision: !0, reason: !0, code: !0, metadata: !0, retryAfterMs: !0, approval: !0 }, dynamicProps: !1, dynamicItems: !1 };
var ApprovalHandle = validate35;
function validate35(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate35.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.id === void 0 || !func0.call(data, "id")) && (missing0 = "id"))
        return validate35.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.id !== void 0 && func0.call(data, "id")) {
        let data0 = data.id, _errs1 = errors;
        if (errors === _errs1)
          if (typeof data0 == "string") {
            if (func61(data0) > 256)
              return validate35.errors = [{ instancePath: instancePath + "/id", schemaPath: "#/properties/id/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
            if (func61(data0) < 1)
              return validate35.errors = [{ instancePath: instancePath + "/id", schemaPath: "#/properties/id/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
          } else
            return validate35.errors = [{ instancePath: instancePath + "/id", schemaPath: "#/properties/id/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0)
        if (data.expiresAt !== void 0 && func0.call(data, "expiresAt")) {
          let data1 = data.expiresAt, _errs3 = errors;
          if (errors === _errs3)
            if (typeof data1 == "string") {
              if (func61(data1) > 64)
                return validate35.errors = [{ instancePath: instancePath + "/expiresAt", schemaPath: "#/properties/expiresAt/maxLength", keyword: "maxLength", params: { limit: 64 }, message: "must NOT have more than 64 characters" }], !1;
            } else
              return validate35.errors = [{ instancePath: instancePath + "/expiresAt", schemaPath: "#/properties/expiresAt/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          var valid0 = _errs3 === errors;
        } else
          var valid0 = !0;
    } else
      return validate35.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate35.errors = vErrors, errors === 0;
}
validate35.evaluated = { props: { id: !0, expiresAt: !0 }, dynamicProps: !1, dynamicItems: !1 };
var ReasonCode = validate36;
function validate36(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate36.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (typeof data == "string") {
      if (!pattern15.test(data))
        return validate36.errors = [{ instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^[a-z][a-z0-9_]{0,63}$" }, message: 'must match pattern "^[a-z][a-z0-9_]{0,63}$"' }], !1;
    } else
      return validate36.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
  return validate36.errors = vErrors, errors === 0;
}
validate36.evaluated = { dynamicProps: !1, dynamicItems: !1 };
var PolicyDecision = validate37;
function validate37(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate37.evaluated;
  evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0);
  let _errs0 = errors, valid0 = !1, passing0 = null, _errs1 = errors;
  validate33(data, { instancePath, parentData, parentDataProperty, rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate33.errors : vErrors.concat(validate33.errors), errors = vErrors.length);
  var _valid0 = _errs1 === errors;
  if (_valid0) {
    valid0 = !0, passing0 = 0;
    var props0 = {};
    props0.decision = !0, props0.metadata = !0, props0.settlement = !0, props0.validForMs = !0;
  }
  let _errs2 = errors;
  validate34(data, { instancePath, parentData, parentDataProperty, rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate34.errors : vErrors.concat(validate34.errors), errors = vErrors.length);
  var _valid0 = _errs2 === errors;
  if (_valid0 && valid0 ? (valid0 = !1, passing0 = [passing0, 1]) : _valid0 && (valid0 = !0, passing0 = 1, props0 !== !0 && (props0 = props0 || {}, props0.decision = !0, props0.reason = !0, props0.code = !0, props0.metadata = !0, props0.retryAfterMs = !0, props0.approval = !0)), valid0)
    errors = _errs0, vErrors !== null && (_errs0 ? vErrors.length = _errs0 : vErrors = null);
  else {
    let err0 = { instancePath, schemaPath: "#/oneOf", keyword: "oneOf", params: { passingSchemas: passing0 }, message: "must match exactly one schema in oneOf" };
    return vErrors === null ? vErrors = [err0] : vErrors.push(err0), errors++, validate37.errors = vErrors, !1;
  }
  return validate37.errors = vErrors, evaluated0.props = props0, errors === 0;
}
validate37.evaluated = { dynamicProps: !0, dynamicItems: !1 };
var AtomicAmount = validate40;
function validate40(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate40.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (typeof data == "string") {
      if (func61(data) > 100)
        return validate40.errors = [{ instancePath, schemaPath: "#/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters" }], !1;
      if (!pattern10.test(data))
        return validate40.errors = [{ instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^(0|[1-9][0-9]*)$" }, message: 'must match pattern "^(0|[1-9][0-9]*)$"' }], !1;
    } else
      return validate40.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
  return validate40.errors = vErrors, errors === 0;
}
validate40.evaluated = { dynamicProps: !1, dynamicItems: !1 };
var EffectAmount = validate41;
function validate41(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate41.evaluated;
  evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0);
  let _errs0 = errors, valid0 = !1, _errs1 = errors;
  if (errors === errors)
    if (typeof data == "string") {
      if (func61(data) > 100) {
        let err0 = { instancePath, schemaPath: "#/$defs/AtomicAmount/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters" };
        vErrors === null ? vErrors = [err0] : vErrors.push(err0), errors++;
      } else if (!pattern10.test(data)) {
        let err1 = { instancePath, schemaPath: "#/$defs/AtomicAmount/pattern", keyword: "pattern", params: { pattern: "^(0|[1-9][0-9]*)$" }, message: 'must match pattern "^(0|[1-9][0-9]*)$"' };
        vErrors === null ? vErrors = [err1] : vErrors.push(err1), errors++;
      }
    } else {
      let err2 = { instancePath, schemaPath: "#/$defs/AtomicAmount/type", keyword: "type", params: { type: "string" }, message: "must be string" };
      vErrors === null ? vErrors = [err2] : vErrors.push(err2), errors++;
    }
  var _valid0 = _errs1 === errors;
  valid0 = valid0 || _valid0;
  let _errs4 = errors;
  if (data !== "unlimited") {
    let err3 = { instancePath, schemaPath: "#/anyOf/1/const", keyword: "const", params: { allowedValue: "unlimited" }, message: "must be equal to constant" };
    vErrors === null ? vErrors = [err3] : vErrors.push(err3), errors++;
  }
  var _valid0 = _errs4 === errors;
  if (valid0 = valid0 || _valid0, valid0)
    errors = _errs0, vErrors !== null && (_errs0 ? vErrors.length = _errs0 : vErrors = null);
  else {
    let err4 = { instancePath, schemaPath: "#/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
    return vErrors === null ? vErrors = [err4] : vErrors.push(err4), errors++, validate41.errors = vErrors, !1;
  }
  return validate41.errors = vErrors, errors === 0;
}
validate41.evaluated = { dynamicProps: !1, dynamicItems: !1 };
var ChainId = validate42;
function validate42(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate42.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (typeof data == "string") {
      if (!pattern8.test(data))
        return validate42.errors = [{ instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$" }, message: 'must match pattern "^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$"' }], !1;
    } else
      return validate42.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
  return validate42.errors = vErrors, errors === 0;
}
validate42.evaluated = { dynamicProps: !1, dynamicItems: !1 };
var AccountId = validate43;
function validate43(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate43.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (typeof data == "string") {
      if (!pattern11.test(data))
        return validate43.errors = [{ instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^(eip155:[0-9]{1,32}:0x[0-9a-f]{40}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128})$" }, message: 'must match pattern "^(eip155:[0-9]{1,32}:0x[0-9a-f]{40}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128})$"' }], !1;
    } else
      return validate43.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
  return validate43.errors = vErrors, errors === 0;
}
validate43.evaluated = { dynamicProps: !1, dynamicItems: !1 };
var AssetId = validate44;
function validate44(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate44.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (typeof data == "string") {
      if (!pattern9.test(data))
        return validate44.errors = [{ instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^(eip155:(0|[1-9][0-9]{0,31})/(slip44:60|erc20:0x[0-9a-f]{40}|(?!slip44:|erc20:)[-a-z0-9]{3,8}:[-.%a-z0-9]{1,128}(/[-.%a-z0-9]{1,78})?)|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}(/[-.%a-zA-Z0-9]{1,78})?)$" }, message: 'must match pattern "^(eip155:(0|[1-9][0-9]{0,31})/(slip44:60|erc20:0x[0-9a-f]{40}|(?!slip44:|erc20:)[-a-z0-9]{3,8}:[-.%a-z0-9]{1,128}(/[-.%a-z0-9]{1,78})?)|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}(/[-.%a-zA-Z0-9]{1,78})?)$"' }], !1;
    } else
      return validate44.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
  return validate44.errors = vErrors, errors === 0;
}
validate44.evaluated = { dynamicProps: !1, dynamicItems: !1 };
var EffectKind = validate45;
function validate45(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate45.evaluated;
  return evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), data === "transfer" || data === "approval" || data === "operator_approval" || data === "permit" || data === "authorization" || data === "delegation" || data === "contract_call" || data === "deploy" || data === "sign_message" || data === "sign_hash" || data === "external" || data === "fee" || data === "escape" || data === "unknown" ? (validate45.errors = vErrors, errors === 0) : (validate45.errors = [{ instancePath, schemaPath: "#/enum", keyword: "enum", params: { allowedValues: schema45.enum }, message: "must be equal to one of the allowed values" }], !1);
}
validate45.evaluated = { dynamicProps: !1, dynamicItems: !1 };
var Effect = validate46;
function validate46(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate46.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.kind === void 0 || !func0.call(data, "kind")) && (missing0 = "kind") || (data.basis === void 0 || !func0.call(data, "basis")) && (missing0 = "basis"))
        return validate46.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.kind !== void 0 && func0.call(data, "kind")) {
        let data0 = data.kind, _errs1 = errors;
        if (!(data0 === "transfer" || data0 === "approval" || data0 === "operator_approval" || data0 === "permit" || data0 === "authorization" || data0 === "delegation" || data0 === "contract_call" || data0 === "deploy" || data0 === "sign_message" || data0 === "sign_hash" || data0 === "external" || data0 === "fee" || data0 === "escape" || data0 === "unknown"))
          return validate46.errors = [{ instancePath: instancePath + "/kind", schemaPath: "#/$defs/EffectKind/enum", keyword: "enum", params: { allowedValues: schema45.enum }, message: "must be equal to one of the allowed values" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.asset !== void 0 && func0.call(data, "asset")) {
          let data1 = data.asset, _errs3 = errors;
          if (errors === errors)
            if (typeof data1 == "string") {
              if (!pattern9.test(data1))
                return validate46.errors = [{ instancePath: instancePath + "/asset", schemaPath: "#/$defs/AssetId/pattern", keyword: "pattern", params: { pattern: "^(eip155:(0|[1-9][0-9]{0,31})/(slip44:60|erc20:0x[0-9a-f]{40}|(?!slip44:|erc20:)[-a-z0-9]{3,8}:[-.%a-z0-9]{1,128}(/[-.%a-z0-9]{1,78})?)|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}(/[-.%a-zA-Z0-9]{1,78})?)$" }, message: 'must match pattern "^(eip155:(0|[1-9][0-9]{0,31})/(slip44:60|erc20:0x[0-9a-f]{40}|(?!slip44:|erc20:)[-a-z0-9]{3,8}:[-.%a-z0-9]{1,128}(/[-.%a-z0-9]{1,78})?)|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}(/[-.%a-zA-Z0-9]{1,78})?)$"' }], !1;
            } else
              return validate46.errors = [{ instancePath: instancePath + "/asset", schemaPath: "#/$defs/AssetId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          var valid0 = _errs3 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.amount !== void 0 && func0.call(data, "amount")) {
            let _errs6 = errors;
            validate28(data.amount, { instancePath: instancePath + "/amount", parentData: data, parentDataProperty: "amount", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate28.errors : vErrors.concat(validate28.errors), errors = vErrors.length);
            var valid0 = _errs6 === errors;
          } else
            var valid0 = !0;
          if (valid0) {
            if (data.counterparty !== void 0 && func0.call(data, "counterparty")) {
              let data3 = data.counterparty, _errs7 = errors;
              if (errors === errors)
                if (typeof data3 == "string") {
                  if (!pattern11.test(data3))
                    return validate46.errors = [{ instancePath: instancePath + "/counterparty", schemaPath: "#/$defs/AccountId/pattern", keyword: "pattern", params: { pattern: "^(eip155:[0-9]{1,32}:0x[0-9a-f]{40}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128})$" }, message: 'must match pattern "^(eip155:[0-9]{1,32}:0x[0-9a-f]{40}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128})$"' }], !1;
                } else
                  return validate46.errors = [{ instancePath: instancePath + "/counterparty", schemaPath: "#/$defs/AccountId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
              var valid0 = _errs7 === errors;
            } else
              var valid0 = !0;
            if (valid0) {
              if (data.contract !== void 0 && func0.call(data, "contract")) {
                let data4 = data.contract, _errs10 = errors;
                if (errors === errors)
                  if (typeof data4 == "string") {
                    if (!pattern11.test(data4))
                      return validate46.errors = [{ instancePath: instancePath + "/contract", schemaPath: "#/$defs/AccountId/pattern", keyword: "pattern", params: { pattern: "^(eip155:[0-9]{1,32}:0x[0-9a-f]{40}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128})$" }, message: 'must match pattern "^(eip155:[0-9]{1,32}:0x[0-9a-f]{40}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128})$"' }], !1;
                  } else
                    return validate46.errors = [{ instancePath: instancePath + "/contract", schemaPath: "#/$defs/AccountId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                var valid0 = _errs10 === errors;
              } else
                var valid0 = !0;
              if (valid0) {
                if (data.method !== void 0 && func0.call(data, "method")) {
                  let data5 = data.method, _errs13 = errors;
                  if (errors === _errs13)
                    if (typeof data5 == "string") {
                      if (func61(data5) > 256)
                        return validate46.errors = [{ instancePath: instancePath + "/method", schemaPath: "#/properties/method/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
                    } else
                      return validate46.errors = [{ instancePath: instancePath + "/method", schemaPath: "#/properties/method/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                  var valid0 = _errs13 === errors;
                } else
                  var valid0 = !0;
                if (valid0) {
                  if (data.deadline !== void 0 && func0.call(data, "deadline")) {
                    let data6 = data.deadline, _errs15 = errors;
                    if (errors === errors)
                      if (typeof data6 == "string") {
                        if (func61(data6) > 100)
                          return validate46.errors = [{ instancePath: instancePath + "/deadline", schemaPath: "#/$defs/AtomicAmount/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters" }], !1;
                        if (!pattern10.test(data6))
                          return validate46.errors = [{ instancePath: instancePath + "/deadline", schemaPath: "#/$defs/AtomicAmount/pattern", keyword: "pattern", params: { pattern: "^(0|[1-9][0-9]*)$" }, message: 'must match pattern "^(0|[1-9][0-9]*)$"' }], !1;
                      } else
                        return validate46.errors = [{ instancePath: instancePath + "/deadline", schemaPath: "#/$defs/AtomicAmount/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                    var valid0 = _errs15 === errors;
                  } else
                    var valid0 = !0;
                  if (valid0) {
                    if (data.basis !== void 0 && func0.call(data, "basis")) {
                      let data7 = data.basis, _errs18 = errors;
                      if (!(data7 === "declared" || data7 === "decoded"))
                        return validate46.errors = [{ instancePath: instancePath + "/basis", schemaPath: "#/properties/basis/enum", keyword: "enum", params: { allowedValues: schema44.properties.basis.enum }, message: "must be equal to one of the allowed values" }], !1;
                      var valid0 = _errs18 === errors;
                    } else
                      var valid0 = !0;
                    if (valid0) {
                      let missing1;
                      if (data.amount !== void 0 && func0.call(data, "amount") && (data.asset === void 0 || !func0.call(data, "asset")) && (missing1 = "asset"))
                        return validate46.errors = [{ instancePath, schemaPath: "#/dependentRequired", keyword: "dependentRequired", params: {
                          property: "amount",
                          missingProperty: missing1,
                          depsCount: 1,
                          deps: "asset"
                        }, message: "must have property asset when property amount is present" }], !1;
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else
      return validate46.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate46.errors = vErrors, errors === 0;
}
validate46.evaluated = { props: { kind: !0, asset: !0, amount: !0, counterparty: !0, contract: !0, method: !0, deadline: !0, basis: !0 }, dynamicProps: !1, dynamicItems: !1 };
var OutcomeStatus = validate48, schema75 = { title: "OutcomeStatus", description: "denied: the body was never entered. cancelled: it ended by a control-flow exception and nothing was spent. unknown: it said that it failed, and something may have left.", enum: ["succeeded", "failed", "unknown", "denied", "cancelled"] };
function validate48(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate48.evaluated;
  return evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), data === "succeeded" || data === "failed" || data === "unknown" || data === "denied" || data === "cancelled" ? (validate48.errors = vErrors, errors === 0) : (validate48.errors = [{ instancePath, schemaPath: "#/enum", keyword: "enum", params: { allowedValues: schema75.enum }, message: "must be equal to one of the allowed values" }], !1);
}
validate48.evaluated = { dynamicProps: !1, dynamicItems: !1 };
var MoneyLine = validate49;
function validate49(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate49.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.kind === void 0 || !func0.call(data, "kind")) && (missing0 = "kind") || (data.asset === void 0 || !func0.call(data, "asset")) && (missing0 = "asset") || (data.amount === void 0 || !func0.call(data, "amount")) && (missing0 = "amount"))
        return validate49.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.kind !== void 0 && func0.call(data, "kind")) {
        let data0 = data.kind, _errs1 = errors;
        if (!(data0 === "transfer" || data0 === "approval" || data0 === "operator_approval" || data0 === "permit" || data0 === "authorization" || data0 === "delegation" || data0 === "contract_call" || data0 === "deploy" || data0 === "sign_message" || data0 === "sign_hash" || data0 === "external" || data0 === "fee" || data0 === "escape" || data0 === "unknown"))
          return validate49.errors = [{ instancePath: instancePath + "/kind", schemaPath: "#/$defs/EffectKind/enum", keyword: "enum", params: { allowedValues: schema45.enum }, message: "must be equal to one of the allowed values" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.asset !== void 0 && func0.call(data, "asset")) {
          let data1 = data.asset, _errs3 = errors;
          if (errors === errors)
            if (typeof data1 == "string") {
              if (!pattern9.test(data1))
                return validate49.errors = [{ instancePath: instancePath + "/asset", schemaPath: "#/$defs/AssetId/pattern", keyword: "pattern", params: { pattern: "^(eip155:(0|[1-9][0-9]{0,31})/(slip44:60|erc20:0x[0-9a-f]{40}|(?!slip44:|erc20:)[-a-z0-9]{3,8}:[-.%a-z0-9]{1,128}(/[-.%a-z0-9]{1,78})?)|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}(/[-.%a-zA-Z0-9]{1,78})?)$" }, message: 'must match pattern "^(eip155:(0|[1-9][0-9]{0,31})/(slip44:60|erc20:0x[0-9a-f]{40}|(?!slip44:|erc20:)[-a-z0-9]{3,8}:[-.%a-z0-9]{1,128}(/[-.%a-z0-9]{1,78})?)|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}(/[-.%a-zA-Z0-9]{1,78})?)$"' }], !1;
            } else
              return validate49.errors = [{ instancePath: instancePath + "/asset", schemaPath: "#/$defs/AssetId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          var valid0 = _errs3 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.amount !== void 0 && func0.call(data, "amount")) {
            let _errs6 = errors;
            validate28(data.amount, { instancePath: instancePath + "/amount", parentData: data, parentDataProperty: "amount", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate28.errors : vErrors.concat(validate28.errors), errors = vErrors.length);
            var valid0 = _errs6 === errors;
          } else
            var valid0 = !0;
          if (valid0) {
            if (data.counterparty !== void 0 && func0.call(data, "counterparty")) {
              let data3 = data.counterparty, _errs7 = errors;
              if (errors === errors)
                if (typeof data3 == "string") {
                  if (!pattern11.test(data3))
                    return validate49.errors = [{ instancePath: instancePath + "/counterparty", schemaPath: "#/$defs/AccountId/pattern", keyword: "pattern", params: { pattern: "^(eip155:[0-9]{1,32}:0x[0-9a-f]{40}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128})$" }, message: 'must match pattern "^(eip155:[0-9]{1,32}:0x[0-9a-f]{40}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128})$"' }], !1;
                } else
                  return validate49.errors = [{ instancePath: instancePath + "/counterparty", schemaPath: "#/$defs/AccountId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
              var valid0 = _errs7 === errors;
            } else
              var valid0 = !0;
            if (valid0)
              if (data.contract !== void 0 && func0.call(data, "contract")) {
                let data4 = data.contract, _errs10 = errors;
                if (errors === errors)
                  if (typeof data4 == "string") {
                    if (!pattern11.test(data4))
                      return validate49.errors = [{ instancePath: instancePath + "/contract", schemaPath: "#/$defs/AccountId/pattern", keyword: "pattern", params: { pattern: "^(eip155:[0-9]{1,32}:0x[0-9a-f]{40}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128})$" }, message: 'must match pattern "^(eip155:[0-9]{1,32}:0x[0-9a-f]{40}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128})$"' }], !1;
                  } else
                    return validate49.errors = [{ instancePath: instancePath + "/contract", schemaPath: "#/$defs/AccountId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                var valid0 = _errs10 === errors;
              } else
                var valid0 = !0;
          }
        }
      }
    } else
      return validate49.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate49.errors = vErrors, errors === 0;
}
validate49.evaluated = { props: { kind: !0, asset: !0, amount: !0, counterparty: !0, contract: !0 }, dynamicProps: !1, dynamicItems: !1 };
var Transaction = validate51, schema81 = { title: "Transaction", description: "A transaction that a wallet call of the attempt made. confirmed and reverted mean that its receipt was seen, not that it is final.", type: "object", required: ["id", "chainId", "status"], properties: { id: { type: "string", minLength: 1, maxLength: 256 }, chainId: { $ref: "#/$defs/ChainId" }, nonce: { $ref: "#/$defs/AtomicAmount" }, status: { enum: ["submitted", "confirmed", "reverted"] } } };
function validate51(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate51.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.id === void 0 || !func0.call(data, "id")) && (missing0 = "id") || (data.chainId === void 0 || !func0.call(data, "chainId")) && (missing0 = "chainId") || (data.status === void 0 || !func0.call(data, "status")) && (missing0 = "status"))
        return validate51.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.id !== void 0 && func0.call(data, "id")) {
        let data0 = data.id, _errs1 = errors;
        if (errors === _errs1)
          if (typeof data0 == "string") {
            if (func61(data0) > 256)
              return validate51.errors = [{ instancePath: instancePath + "/id", schemaPath: "#/properties/id/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
            if (func61(data0) < 1)
              return validate51.errors = [{ instancePath: instancePath + "/id", schemaPath: "#/properties/id/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
          } else
            return validate51.errors = [{ instancePath: instancePath + "/id", schemaPath: "#/properties/id/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.chainId !== void 0 && func0.call(data, "chainId")) {
          let data1 = data.chainId, _errs3 = errors;
          if (errors === errors)
            if (typeof data1 == "string") {
              if (!pattern8.test(data1))
                return validate51.errors = [{ instancePath: instancePath + "/chainId", schemaPath: "#/$defs/ChainId/pattern", keyword: "pattern", params: { pattern: "^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$" }, message: 'must match pattern "^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$"' }], !1;
            } else
              return validate51.errors = [{ instancePath: instancePath + "/chainId", schemaPath: "#/$defs/ChainId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          var valid0 = _errs3 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.nonce !== void 0 && func0.call(data, "nonce")) {
            let data2 = data.nonce, _errs6 = errors;
            if (errors === errors)
              if (typeof data2 == "string") {
                if (func61(data2) > 100)
                  return validate51.errors = [{ instancePath: instancePath + "/nonce", schemaPath: "#/$defs/AtomicAmount/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters" }], !1;
                if (!pattern10.test(data2))
                  return validate51.errors = [{ instancePath: instancePath + "/nonce", schemaPath: "#/$defs/AtomicAmount/pattern", keyword: "pattern", params: { pattern: "^(0|[1-9][0-9]*)$" }, message: 'must match pattern "^(0|[1-9][0-9]*)$"' }], !1;
              } else
                return validate51.errors = [{ instancePath: instancePath + "/nonce", schemaPath: "#/$defs/AtomicAmount/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
            var valid0 = _errs6 === errors;
          } else
            var valid0 = !0;
          if (valid0)
            if (data.status !== void 0 && func0.call(data, "status")) {
              let data3 = data.status, _errs9 = errors;
              if (!(data3 === "submitted" || data3 === "confirmed" || data3 === "reverted"))
                return validate51.errors = [{ instancePath: instancePath + "/status", schemaPath: "#/properties/status/enum", keyword: "enum", params: { allowedValues: schema81.properties.status.enum }, message: "must be equal to one of the allowed values" }], !1;
              var valid0 = _errs9 === errors;
            } else
              var valid0 = !0;
        }
      }
    } else
      return validate51.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate51.errors = vErrors, errors === 0;
}
validate51.evaluated = { props: { id: !0, chainId: !0, nonce: !0, status: !0 }, dynamicProps: !1, dynamicItems: !1 };
var ActionOutcome = validate52;
function validate52(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate52.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.status === void 0 || !func0.call(data, "status")) && (missing0 = "status") || (data.entered === void 0 || !func0.call(data, "entered")) && (missing0 = "entered") || (data.spent === void 0 || !func0.call(data, "spent")) && (missing0 = "spent") || (data.transactions === void 0 || !func0.call(data, "transactions")) && (missing0 = "transactions") || (data.journalComplete === void 0 || !func0.call(data, "journalComplete")) && (missing0 = "journalComplete") || (data.durationMs === void 0 || !func0.call(data, "durationMs")) && (missing0 = "durationMs"))
        return validate52.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.status !== void 0 && func0.call(data, "status")) {
        let data0 = data.status, _errs1 = errors;
        if (!(data0 === "succeeded" || data0 === "failed" || data0 === "unknown" || data0 === "denied" || data0 === "cancelled"))
          return validate52.errors = [{ instancePath: instancePath + "/status", schemaPath: "#/$defs/OutcomeStatus/enum", keyword: "enum", params: { allowedValues: schema75.enum }, message: "must be equal to one of the allowed values" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.entered !== void 0 && func0.call(data, "entered")) {
          let _errs3 = errors;
          if (typeof data.entered != "boolean")
            return validate52.errors = [{ instancePath: instancePath + "/entered", schemaPath: "#/properties/entered/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }], !1;
          var valid0 = _errs3 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.spent !== void 0 && func0.call(data, "spent")) {
            let data2 = data.spent, _errs5 = errors;
            if (errors === _errs5)
              if (Array.isArray(data2)) {
                var valid2 = !0;
                let len0 = data2.length;
                for (let i0 = 0; i0 < len0; i0++) {
                  let _errs7 = errors;
                  validate49(data2[i0], { instancePath: instancePath + "/spent/" + i0, parentData: data2, parentDataProperty: i0, rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate49.errors : vErrors.concat(validate49.errors), errors = vErrors.length);
                  var valid2 = _errs7 === errors;
                  if (!valid2)
                    break;
                }
              } else
                return validate52.errors = [{ instancePath: instancePath + "/spent", schemaPath: "#/properties/spent/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
            var valid0 = _errs5 === errors;
          } else
            var valid0 = !0;
          if (valid0) {
            if (data.transactions !== void 0 && func0.call(data, "transactions")) {
              let data4 = data.transactions, _errs8 = errors;
              if (errors === _errs8)
                if (Array.isArray(data4)) {
                  var valid3 = !0;
                  let len1 = data4.length;
                  for (let i1 = 0; i1 < len1; i1++) {
                    let _errs10 = errors;
                    validate51(data4[i1], { instancePath: instancePath + "/transactions/" + i1, parentData: data4, parentDataProperty: i1, rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors), errors = vErrors.length);
                    var valid3 = _errs10 === errors;
                    if (!valid3)
                      break;
                  }
                } else
                  return validate52.errors = [{ instancePath: instancePath + "/transactions", schemaPath: "#/properties/transactions/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
              var valid0 = _errs8 === errors;
            } else
              var valid0 = !0;
            if (valid0) {
              if (data.journalComplete !== void 0 && func0.call(data, "journalComplete")) {
                let _errs11 = errors;
                if (typeof data.journalComplete != "boolean")
                  return validate52.errors = [{ instancePath: instancePath + "/journalComplete", schemaPath: "#/properties/journalComplete/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }], !1;
                var valid0 = _errs11 === errors;
              } else
                var valid0 = !0;
              if (valid0)
                if (data.durationMs !== void 0 && func0.call(data, "durationMs")) {
                  let data7 = data.durationMs, _errs13 = errors;
                  if (errors === _errs13)
                    if (typeof data7 == "number" && isFinite(data7)) {
                      if (data7 < 0 || isNaN(data7))
                        return validate52.errors = [{ instancePath: instancePath + "/durationMs", schemaPath: "#/properties/durationMs/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
                    } else
                      return validate52.errors = [{ instancePath: instancePath + "/durationMs", schemaPath: "#/properties/durationMs/type", keyword: "type", params: { type: "number" }, message: "must be number" }], !1;
                  var valid0 = _errs13 === errors;
                } else
                  var valid0 = !0;
            }
          }
        }
      }
    } else
      return validate52.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate52.errors = vErrors, errors === 0;
}
validate52.evaluated = { props: { status: !0, entered: !0, spent: !0, transactions: !0, journalComplete: !0, durationMs: !0 }, dynamicProps: !1, dynamicItems: !1 };
var ProtocolVersion = validate55;
function validate55(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate55.evaluated;
  return evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), data !== "1" ? (validate55.errors = [{ instancePath, schemaPath: "#/const", keyword: "const", params: { allowedValue: "1" }, message: "must be equal to constant" }], !1) : (validate55.errors = vErrors, errors === 0);
}
validate55.evaluated = { dynamicProps: !1, dynamicItems: !1 };
var DurationMs = validate56;
function validate56(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate56.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (typeof data == "number" && isFinite(data)) {
      if (data > 864e5 || isNaN(data))
        return validate56.errors = [{ instancePath, schemaPath: "#/maximum", keyword: "maximum", params: { comparison: "<=", limit: 864e5 }, message: "must be <= 86400000" }], !1;
      if (data < 0 || isNaN(data))
        return validate56.errors = [{ instancePath, schemaPath: "#/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
    } else
      return validate56.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "number" }, message: "must be number" }], !1;
  return validate56.errors = vErrors, errors === 0;
}
validate56.evaluated = { dynamicProps: !1, dynamicItems: !1 };
var InitializeParams = validate57;
function validate57(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate57.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.protocolVersion === void 0 || !func0.call(data, "protocolVersion")) && (missing0 = "protocolVersion") || (data.policy === void 0 || !func0.call(data, "policy")) && (missing0 = "policy") || (data.host === void 0 || !func0.call(data, "host")) && (missing0 = "host"))
        return validate57.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.protocolVersion !== void 0 && func0.call(data, "protocolVersion")) {
        let _errs1 = errors;
        if (data.protocolVersion !== "1")
          return validate57.errors = [{ instancePath: instancePath + "/protocolVersion", schemaPath: "#/$defs/ProtocolVersion/const", keyword: "const", params: { allowedValue: "1" }, message: "must be equal to constant" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.policy !== void 0 && func0.call(data, "policy")) {
          let data1 = data.policy, _errs3 = errors;
          if (errors === _errs3)
            if (typeof data1 == "string") {
              if (func61(data1) > 4096)
                return validate57.errors = [{ instancePath: instancePath + "/policy", schemaPath: "#/properties/policy/maxLength", keyword: "maxLength", params: { limit: 4096 }, message: "must NOT have more than 4096 characters" }], !1;
              if (func61(data1) < 1)
                return validate57.errors = [{ instancePath: instancePath + "/policy", schemaPath: "#/properties/policy/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
            } else
              return validate57.errors = [{ instancePath: instancePath + "/policy", schemaPath: "#/properties/policy/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          var valid0 = _errs3 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.host !== void 0 && func0.call(data, "host")) {
            let data2 = data.host, _errs5 = errors;
            if (errors === _errs5)
              if (typeof data2 == "string") {
                if (func61(data2) > 256)
                  return validate57.errors = [{ instancePath: instancePath + "/host", schemaPath: "#/properties/host/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
                if (func61(data2) < 1)
                  return validate57.errors = [{ instancePath: instancePath + "/host", schemaPath: "#/properties/host/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
              } else
                return validate57.errors = [{ instancePath: instancePath + "/host", schemaPath: "#/properties/host/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
            var valid0 = _errs5 === errors;
          } else
            var valid0 = !0;
          if (valid0)
            if (data.actions !== void 0 && func0.call(data, "actions")) {
              let data3 = data.actions, _errs7 = errors;
              if (errors === _errs7)
                if (Array.isArray(data3)) {
                  var valid2 = !0;
                  let len0 = data3.length;
                  for (let i0 = 0; i0 < len0; i0++) {
                    let data4 = data3[i0], _errs9 = errors;
                    if (errors === _errs9)
                      if (typeof data4 == "string") {
                        if (func61(data4) > 512)
                          return validate57.errors = [{ instancePath: instancePath + "/actions/" + i0, schemaPath: "#/properties/actions/items/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" }], !1;
                      } else
                        return validate57.errors = [{ instancePath: instancePath + "/actions/" + i0, schemaPath: "#/properties/actions/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                    var valid2 = _errs9 === errors;
                    if (!valid2)
                      break;
                  }
                } else
                  return validate57.errors = [{ instancePath: instancePath + "/actions", schemaPath: "#/properties/actions/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
              var valid0 = _errs7 === errors;
            } else
              var valid0 = !0;
        }
      }
    } else
      return validate57.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate57.errors = vErrors, errors === 0;
}
validate57.evaluated = { props: { protocolVersion: !0, policy: !0, host: !0, actions: !0 }, dynamicProps: !1, dynamicItems: !1 };
var InitializeResult = validate58;
function validate58(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate58.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.protocolVersion === void 0 || !func0.call(data, "protocolVersion")) && (missing0 = "protocolVersion") || (data.instance === void 0 || !func0.call(data, "instance")) && (missing0 = "instance") || (data.ledgerId === void 0 || !func0.call(data, "ledgerId")) && (missing0 = "ledgerId") || (data.policyVersion === void 0 || !func0.call(data, "policyVersion")) && (missing0 = "policyVersion"))
        return validate58.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.protocolVersion !== void 0 && func0.call(data, "protocolVersion")) {
        let _errs1 = errors;
        if (data.protocolVersion !== "1")
          return validate58.errors = [{ instancePath: instancePath + "/protocolVersion", schemaPath: "#/$defs/ProtocolVersion/const", keyword: "const", params: { allowedValue: "1" }, message: "must be equal to constant" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.instance !== void 0 && func0.call(data, "instance")) {
          let data1 = data.instance, _errs3 = errors;
          if (errors === _errs3)
            if (typeof data1 == "string") {
              if (func61(data1) > 64)
                return validate58.errors = [{ instancePath: instancePath + "/instance", schemaPath: "#/properties/instance/maxLength", keyword: "maxLength", params: { limit: 64 }, message: "must NOT have more than 64 characters" }], !1;
              if (func61(data1) < 1)
                return validate58.errors = [{ instancePath: instancePath + "/instance", schemaPath: "#/properties/instance/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
            } else
              return validate58.errors = [{ instancePath: instancePath + "/instance", schemaPath: "#/properties/instance/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          var valid0 = _errs3 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.ledgerId !== void 0 && func0.call(data, "ledgerId")) {
            let data2 = data.ledgerId, _errs5 = errors;
            if (errors === _errs5)
              if (typeof data2 == "string") {
                if (func61(data2) > 64)
                  return validate58.errors = [{ instancePath: instancePath + "/ledgerId", schemaPath: "#/properties/ledgerId/maxLength", keyword: "maxLength", params: { limit: 64 }, message: "must NOT have more than 64 characters" }], !1;
                if (func61(data2) < 1)
                  return validate58.errors = [{ instancePath: instancePath + "/ledgerId", schemaPath: "#/properties/ledgerId/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
              } else
                return validate58.errors = [{ instancePath: instancePath + "/ledgerId", schemaPath: "#/properties/ledgerId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
            var valid0 = _errs5 === errors;
          } else
            var valid0 = !0;
          if (valid0)
            if (data.policyVersion !== void 0 && func0.call(data, "policyVersion")) {
              let data3 = data.policyVersion, _errs7 = errors;
              if (errors === _errs7)
                if (typeof data3 == "string") {
                  if (!pattern14.test(data3))
                    return validate58.errors = [{ instancePath: instancePath + "/policyVersion", schemaPath: "#/properties/policyVersion/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' }], !1;
                } else
                  return validate58.errors = [{ instancePath: instancePath + "/policyVersion", schemaPath: "#/properties/policyVersion/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
              var valid0 = _errs7 === errors;
            } else
              var valid0 = !0;
        }
      }
    } else
      return validate58.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate58.errors = vErrors, errors === 0;
}
validate58.evaluated = { props: { protocolVersion: !0, instance: !0, ledgerId: !0, policyVersion: !0 }, dynamicProps: !1, dynamicItems: !1 };
var AttemptFacts = validate59;
var schema99 = { title: "WalletMethod", description: "The way by which authority leaves, named alike in both languages.", enum: ["send", "sign_transaction", "sign_typed_data", "sign_message", "sign_hash", "escape", "unknown"] }, pattern38 = new RegExp("^0x([0-9a-fA-F]{2})*$", "u");
function validate62(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate62.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.callId === void 0 || !func0.call(data, "callId")) && (missing0 = "callId") || (data.method === void 0 || !func0.call(data, "method")) && (missing0 = "method") || (data.walletMethod === void 0 || !func0.call(data, "walletMethod")) && (missing0 = "walletMethod"))
        return validate62.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.callId !== void 0 && func0.call(data, "callId")) {
        let data0 = data.callId, _errs1 = errors;
        if (errors === errors)
          if (typeof data0 == "string") {
            if (!pattern4.test(data0))
              return validate62.errors = [{ instancePath: instancePath + "/callId", schemaPath: "#/$defs/Id/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" }, message: 'must match pattern "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"' }], !1;
          } else
            return validate62.errors = [{ instancePath: instancePath + "/callId", schemaPath: "#/$defs/Id/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.method !== void 0 && func0.call(data, "method")) {
          let data1 = data.method, _errs4 = errors;
          if (!(data1 === "send" || data1 === "sign_transaction" || data1 === "sign_typed_data" || data1 === "sign_message" || data1 === "sign_hash" || data1 === "escape" || data1 === "unknown"))
            return validate62.errors = [{ instancePath: instancePath + "/method", schemaPath: "#/$defs/WalletMethod/enum", keyword: "enum", params: { allowedValues: schema99.enum }, message: "must be equal to one of the allowed values" }], !1;
          var valid0 = _errs4 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.walletMethod !== void 0 && func0.call(data, "walletMethod")) {
            let data2 = data.walletMethod, _errs6 = errors;
            if (errors === _errs6)
              if (typeof data2 == "string") {
                if (func61(data2) > 256)
                  return validate62.errors = [{ instancePath: instancePath + "/walletMethod", schemaPath: "#/properties/walletMethod/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
              } else
                return validate62.errors = [{ instancePath: instancePath + "/walletMethod", schemaPath: "#/properties/walletMethod/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
            var valid0 = _errs6 === errors;
          } else
            var valid0 = !0;
          if (valid0) {
            if (data.chainId !== void 0 && func0.call(data, "chainId")) {
              let data3 = data.chainId, _errs8 = errors;
              if (errors === errors)
                if (typeof data3 == "string") {
                  if (!pattern8.test(data3))
                    return validate62.errors = [{ instancePath: instancePath + "/chainId", schemaPath: "#/$defs/ChainId/pattern", keyword: "pattern", params: { pattern: "^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$" }, message: 'must match pattern "^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$"' }], !1;
                } else
                  return validate62.errors = [{ instancePath: instancePath + "/chainId", schemaPath: "#/$defs/ChainId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
              var valid0 = _errs8 === errors;
            } else
              var valid0 = !0;
            if (valid0) {
              if (data.from !== void 0 && func0.call(data, "from")) {
                let data4 = data.from, _errs11 = errors;
                if (errors === _errs11)
                  if (typeof data4 == "string") {
                    if (func61(data4) > 256)
                      return validate62.errors = [{ instancePath: instancePath + "/from", schemaPath: "#/properties/from/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
                  } else
                    return validate62.errors = [{ instancePath: instancePath + "/from", schemaPath: "#/properties/from/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                var valid0 = _errs11 === errors;
              } else
                var valid0 = !0;
              if (valid0) {
                if (data.to !== void 0 && func0.call(data, "to")) {
                  let data5 = data.to, _errs13 = errors;
                  if (errors === _errs13)
                    if (typeof data5 == "string") {
                      if (func61(data5) > 256)
                        return validate62.errors = [{ instancePath: instancePath + "/to", schemaPath: "#/properties/to/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
                    } else
                      return validate62.errors = [{ instancePath: instancePath + "/to", schemaPath: "#/properties/to/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                  var valid0 = _errs13 === errors;
                } else
                  var valid0 = !0;
                if (valid0) {
                  if (data.value !== void 0 && func0.call(data, "value")) {
                    let data6 = data.value, _errs15 = errors;
                    if (errors === errors)
                      if (typeof data6 == "string") {
                        if (func61(data6) > 100)
                          return validate62.errors = [{ instancePath: instancePath + "/value", schemaPath: "#/$defs/AtomicAmount/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters" }], !1;
                        if (!pattern10.test(data6))
                          return validate62.errors = [{ instancePath: instancePath + "/value", schemaPath: "#/$defs/AtomicAmount/pattern", keyword: "pattern", params: { pattern: "^(0|[1-9][0-9]*)$" }, message: 'must match pattern "^(0|[1-9][0-9]*)$"' }], !1;
                      } else
                        return validate62.errors = [{ instancePath: instancePath + "/value", schemaPath: "#/$defs/AtomicAmount/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                    var valid0 = _errs15 === errors;
                  } else
                    var valid0 = !0;
                  if (valid0) {
                    if (data.data !== void 0 && func0.call(data, "data")) {
                      let data7 = data.data, _errs18 = errors;
                      if (errors === _errs18)
                        if (typeof data7 == "string") {
                          if (!pattern38.test(data7))
                            return validate62.errors = [{ instancePath: instancePath + "/data", schemaPath: "#/properties/data/pattern", keyword: "pattern", params: { pattern: "^0x([0-9a-fA-F]{2})*$" }, message: 'must match pattern "^0x([0-9a-fA-F]{2})*$"' }], !1;
                        } else
                          return validate62.errors = [{ instancePath: instancePath + "/data", schemaPath: "#/properties/data/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                      var valid0 = _errs18 === errors;
                    } else
                      var valid0 = !0;
                    if (valid0) {
                      if (data.nonce !== void 0 && func0.call(data, "nonce")) {
                        let data8 = data.nonce, _errs20 = errors;
                        if (errors === errors)
                          if (typeof data8 == "string") {
                            if (func61(data8) > 100)
                              return validate62.errors = [{ instancePath: instancePath + "/nonce", schemaPath: "#/$defs/AtomicAmount/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters" }], !1;
                            if (!pattern10.test(data8))
                              return validate62.errors = [{ instancePath: instancePath + "/nonce", schemaPath: "#/$defs/AtomicAmount/pattern", keyword: "pattern", params: { pattern: "^(0|[1-9][0-9]*)$" }, message: 'must match pattern "^(0|[1-9][0-9]*)$"' }], !1;
                          } else
                            return validate62.errors = [{ instancePath: instancePath + "/nonce", schemaPath: "#/$defs/AtomicAmount/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                        var valid0 = _errs20 === errors;
                      } else
                        var valid0 = !0;
                      if (valid0) {
                        if (data.payload !== void 0 && func0.call(data, "payload")) {
                          let _errs23 = errors;
                          validate23(data.payload, { instancePath: instancePath + "/payload", parentData: data, parentDataProperty: "payload", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors), errors = vErrors.length);
                          var valid0 = _errs23 === errors;
                        } else
                          var valid0 = !0;
                        if (valid0) {
                          if (data.unread !== void 0 && func0.call(data, "unread")) {
                            let data10 = data.unread, _errs24 = errors;
                            if (errors === _errs24)
                              if (data10 && typeof data10 == "object" && !Array.isArray(data10))
                                for (let key0 of Object.keys(data10)) {
                                  let _errs27 = errors;
                                  validate23(data10[key0], { instancePath: instancePath + "/unread/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data10, parentDataProperty: key0, rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors), errors = vErrors.length);
                                  var valid6 = _errs27 === errors;
                                  if (!valid6)
                                    break;
                                }
                              else
                                return validate62.errors = [{ instancePath: instancePath + "/unread", schemaPath: "#/properties/unread/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                            var valid0 = _errs24 === errors;
                          } else
                            var valid0 = !0;
                          if (valid0)
                            if (data.otherFields !== void 0 && func0.call(data, "otherFields")) {
                              let data12 = data.otherFields, _errs28 = errors;
                              if (errors === _errs28)
                                if (Array.isArray(data12)) {
                                  var valid7 = !0;
                                  let len0 = data12.length;
                                  for (let i0 = 0; i0 < len0; i0++) {
                                    let _errs30 = errors;
                                    if (typeof data12[i0] != "string")
                                      return validate62.errors = [{ instancePath: instancePath + "/otherFields/" + i0, schemaPath: "#/properties/otherFields/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                    var valid7 = _errs30 === errors;
                                    if (!valid7)
                                      break;
                                  }
                                } else
                                  return validate62.errors = [{ instancePath: instancePath + "/otherFields", schemaPath: "#/properties/otherFields/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                              var valid0 = _errs28 === errors;
                            } else
                              var valid0 = !0;
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else
      return validate62.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate62.errors = vErrors, errors === 0;
}
validate62.evaluated = { props: { callId: !0, method: !0, walletMethod: !0, chainId: !0, from: !0, to: !0, value: !0, data: !0, nonce: !0, payload: !0, unread: !0, otherFields: !0 }, dynamicProps: !1, dynamicItems: !1 };
function validate59(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate59.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.actionId === void 0 || !func0.call(data, "actionId")) && (missing0 = "actionId") || (data.layer === void 0 || !func0.call(data, "layer")) && (missing0 = "layer") || (data.actionName === void 0 || !func0.call(data, "actionName")) && (missing0 = "actionName") || (data.args === void 0 || !func0.call(data, "args")) && (missing0 = "args") || (data.identity === void 0 || !func0.call(data, "identity")) && (missing0 = "identity") || (data.guarded === void 0 || !func0.call(data, "guarded")) && (missing0 = "guarded") || (data.requestedAt === void 0 || !func0.call(data, "requestedAt")) && (missing0 = "requestedAt"))
        return validate59.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.actionId !== void 0 && func0.call(data, "actionId")) {
        let data0 = data.actionId, _errs1 = errors;
        if (errors === errors)
          if (typeof data0 == "string") {
            if (!pattern4.test(data0))
              return validate59.errors = [{ instancePath: instancePath + "/actionId", schemaPath: "#/$defs/Id/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" }, message: 'must match pattern "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"' }], !1;
          } else
            return validate59.errors = [{ instancePath: instancePath + "/actionId", schemaPath: "#/$defs/Id/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.layer !== void 0 && func0.call(data, "layer")) {
          let data1 = data.layer, _errs4 = errors;
          if (!(data1 === "action" || data1 === "wallet"))
            return validate59.errors = [{ instancePath: instancePath + "/layer", schemaPath: "#/$defs/Layer/enum", keyword: "enum", params: { allowedValues: schema32.enum }, message: "must be equal to one of the allowed values" }], !1;
          var valid0 = _errs4 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.parentActionId !== void 0 && func0.call(data, "parentActionId")) {
            let data2 = data.parentActionId, _errs6 = errors;
            if (errors === errors)
              if (typeof data2 == "string") {
                if (!pattern4.test(data2))
                  return validate59.errors = [{ instancePath: instancePath + "/parentActionId", schemaPath: "#/$defs/Id/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" }, message: 'must match pattern "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"' }], !1;
              } else
                return validate59.errors = [{ instancePath: instancePath + "/parentActionId", schemaPath: "#/$defs/Id/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
            var valid0 = _errs6 === errors;
          } else
            var valid0 = !0;
          if (valid0) {
            if (data.actionName !== void 0 && func0.call(data, "actionName")) {
              let data3 = data.actionName, _errs9 = errors;
              if (errors === _errs9)
                if (typeof data3 == "string") {
                  if (func61(data3) > 512)
                    return validate59.errors = [{ instancePath: instancePath + "/actionName", schemaPath: "#/properties/actionName/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" }], !1;
                } else
                  return validate59.errors = [{ instancePath: instancePath + "/actionName", schemaPath: "#/properties/actionName/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
              var valid0 = _errs9 === errors;
            } else
              var valid0 = !0;
            if (valid0) {
              if (data.args !== void 0 && func0.call(data, "args")) {
                let _errs11 = errors;
                validate23(data.args, { instancePath: instancePath + "/args", parentData: data, parentDataProperty: "args", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors), errors = vErrors.length);
                var valid0 = _errs11 === errors;
              } else
                var valid0 = !0;
              if (valid0) {
                if (data.walletAddress !== void 0 && func0.call(data, "walletAddress")) {
                  let data5 = data.walletAddress, _errs12 = errors;
                  if (errors === _errs12)
                    if (typeof data5 == "string") {
                      if (func61(data5) > 256)
                        return validate59.errors = [{ instancePath: instancePath + "/walletAddress", schemaPath: "#/properties/walletAddress/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
                    } else
                      return validate59.errors = [{ instancePath: instancePath + "/walletAddress", schemaPath: "#/properties/walletAddress/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                  var valid0 = _errs12 === errors;
                } else
                  var valid0 = !0;
                if (valid0) {
                  if (data.network !== void 0 && func0.call(data, "network")) {
                    let data6 = data.network, _errs14 = errors;
                    if (errors === _errs14)
                      if (typeof data6 == "string") {
                        if (func61(data6) > 256)
                          return validate59.errors = [{ instancePath: instancePath + "/network", schemaPath: "#/properties/network/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
                      } else
                        return validate59.errors = [{ instancePath: instancePath + "/network", schemaPath: "#/properties/network/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                    var valid0 = _errs14 === errors;
                  } else
                    var valid0 = !0;
                  if (valid0) {
                    if (data.chainId !== void 0 && func0.call(data, "chainId")) {
                      let data7 = data.chainId, _errs16 = errors;
                      if (errors === errors)
                        if (typeof data7 == "string") {
                          if (!pattern8.test(data7))
                            return validate59.errors = [{ instancePath: instancePath + "/chainId", schemaPath: "#/$defs/ChainId/pattern", keyword: "pattern", params: { pattern: "^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$" }, message: 'must match pattern "^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$"' }], !1;
                        } else
                          return validate59.errors = [{ instancePath: instancePath + "/chainId", schemaPath: "#/$defs/ChainId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                      var valid0 = _errs16 === errors;
                    } else
                      var valid0 = !0;
                    if (valid0) {
                      if (data.identity !== void 0 && func0.call(data, "identity")) {
                        let _errs19 = errors;
                        validate24(data.identity, { instancePath: instancePath + "/identity", parentData: data, parentDataProperty: "identity", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors), errors = vErrors.length);
                        var valid0 = _errs19 === errors;
                      } else
                        var valid0 = !0;
                      if (valid0) {
                        if (data.guarded !== void 0 && func0.call(data, "guarded")) {
                          let _errs20 = errors;
                          if (typeof data.guarded != "boolean")
                            return validate59.errors = [{ instancePath: instancePath + "/guarded", schemaPath: "#/properties/guarded/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }], !1;
                          var valid0 = _errs20 === errors;
                        } else
                          var valid0 = !0;
                        if (valid0) {
                          if (data.requestedAt !== void 0 && func0.call(data, "requestedAt")) {
                            let data10 = data.requestedAt, _errs22 = errors;
                            if (errors === _errs22)
                              if (typeof data10 == "number" && isFinite(data10)) {
                                if (data10 < 0 || isNaN(data10))
                                  return validate59.errors = [{ instancePath: instancePath + "/requestedAt", schemaPath: "#/properties/requestedAt/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
                              } else
                                return validate59.errors = [{ instancePath: instancePath + "/requestedAt", schemaPath: "#/properties/requestedAt/type", keyword: "type", params: { type: "number" }, message: "must be number" }], !1;
                            var valid0 = _errs22 === errors;
                          } else
                            var valid0 = !0;
                          if (valid0) {
                            if (data.call !== void 0 && func0.call(data, "call")) {
                              let _errs24 = errors;
                              validate62(data.call, { instancePath: instancePath + "/call", parentData: data, parentDataProperty: "call", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate62.errors : vErrors.concat(validate62.errors), errors = vErrors.length);
                              var valid0 = _errs24 === errors;
                            } else
                              var valid0 = !0;
                            if (valid0)
                              if (data.described !== void 0 && func0.call(data, "described")) {
                                let data12 = data.described, _errs25 = errors;
                                if (errors === _errs25)
                                  if (Array.isArray(data12)) {
                                    var valid5 = !0;
                                    let len0 = data12.length;
                                    for (let i0 = 0; i0 < len0; i0++) {
                                      let _errs27 = errors;
                                      validate23(data12[i0], { instancePath: instancePath + "/described/" + i0, parentData: data12, parentDataProperty: i0, rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors), errors = vErrors.length);
                                      var valid5 = _errs27 === errors;
                                      if (!valid5)
                                        break;
                                    }
                                  } else
                                    return validate59.errors = [{ instancePath: instancePath + "/described", schemaPath: "#/properties/described/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                                var valid0 = _errs25 === errors;
                              } else
                                var valid0 = !0;
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else
      return validate59.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate59.errors = vErrors, errors === 0;
}
validate59.evaluated = { props: { actionId: !0, layer: !0, parentActionId: !0, actionName: !0, args: !0, walletAddress: !0, network: !0, chainId: !0, identity: !0, guarded: !0, requestedAt: !0, call: !0, described: !0 }, dynamicProps: !1, dynamicItems: !1 };
var ReadRequest = validate67;
var pattern41 = new RegExp("^0x[0-9a-f]{40}$", "u");
function validate67(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate67.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.kind === void 0 || !func0.call(data, "kind")) && (missing0 = "kind") || (data.chainId === void 0 || !func0.call(data, "chainId")) && (missing0 = "chainId") || (data.token === void 0 || !func0.call(data, "token")) && (missing0 = "token"))
        return validate67.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.kind !== void 0 && func0.call(data, "kind")) {
        let _errs1 = errors;
        if (data.kind !== "decimals")
          return validate67.errors = [{ instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "decimals" }, message: "must be equal to constant" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.chainId !== void 0 && func0.call(data, "chainId")) {
          let data1 = data.chainId, _errs2 = errors;
          if (errors === errors)
            if (typeof data1 == "string") {
              if (!pattern8.test(data1))
                return validate67.errors = [{ instancePath: instancePath + "/chainId", schemaPath: "#/$defs/ChainId/pattern", keyword: "pattern", params: { pattern: "^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$" }, message: 'must match pattern "^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$"' }], !1;
            } else
              return validate67.errors = [{ instancePath: instancePath + "/chainId", schemaPath: "#/$defs/ChainId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          var valid0 = _errs2 === errors;
        } else
          var valid0 = !0;
        if (valid0)
          if (data.token !== void 0 && func0.call(data, "token")) {
            let data2 = data.token, _errs5 = errors;
            if (errors === _errs5)
              if (typeof data2 == "string") {
                if (!pattern41.test(data2))
                  return validate67.errors = [{ instancePath: instancePath + "/token", schemaPath: "#/properties/token/pattern", keyword: "pattern", params: { pattern: "^0x[0-9a-f]{40}$" }, message: 'must match pattern "^0x[0-9a-f]{40}$"' }], !1;
              } else
                return validate67.errors = [{ instancePath: instancePath + "/token", schemaPath: "#/properties/token/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
            var valid0 = _errs5 === errors;
          } else
            var valid0 = !0;
      }
    } else
      return validate67.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate67.errors = vErrors, errors === 0;
}
validate67.evaluated = { props: { kind: !0, chainId: !0, token: !0 }, dynamicProps: !1, dynamicItems: !1 };
var Provided = validate68;
function validate68(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate68.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.request === void 0 || !func0.call(data, "request")) && (missing0 = "request") || (data.decimals === void 0 || !func0.call(data, "decimals")) && (missing0 = "decimals"))
        return validate68.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.request !== void 0 && func0.call(data, "request")) {
        let _errs1 = errors;
        validate67(data.request, { instancePath: instancePath + "/request", parentData: data, parentDataProperty: "request", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate67.errors : vErrors.concat(validate67.errors), errors = vErrors.length);
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0)
        if (data.decimals !== void 0 && func0.call(data, "decimals")) {
          let data1 = data.decimals, _errs2 = errors, _errs3 = errors, valid1 = !1, _errs4 = errors;
          if (!(typeof data1 == "number" && !(data1 % 1) && !isNaN(data1) && isFinite(data1))) {
            let err0 = { instancePath: instancePath + "/decimals", schemaPath: "#/properties/decimals/anyOf/0/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            vErrors === null ? vErrors = [err0] : vErrors.push(err0), errors++;
          }
          if (errors === _errs4 && typeof data1 == "number" && isFinite(data1)) {
            if (data1 > 255 || isNaN(data1)) {
              let err1 = { instancePath: instancePath + "/decimals", schemaPath: "#/properties/decimals/anyOf/0/maximum", keyword: "maximum", params: { comparison: "<=", limit: 255 }, message: "must be <= 255" };
              vErrors === null ? vErrors = [err1] : vErrors.push(err1), errors++;
            } else if (data1 < 0 || isNaN(data1)) {
              let err2 = { instancePath: instancePath + "/decimals", schemaPath: "#/properties/decimals/anyOf/0/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              vErrors === null ? vErrors = [err2] : vErrors.push(err2), errors++;
            }
          }
          var _valid0 = _errs4 === errors;
          valid1 = valid1 || _valid0;
          let _errs6 = errors;
          if (data1 !== null) {
            let err3 = { instancePath: instancePath + "/decimals", schemaPath: "#/properties/decimals/anyOf/1/type", keyword: "type", params: { type: "null" }, message: "must be null" };
            vErrors === null ? vErrors = [err3] : vErrors.push(err3), errors++;
          }
          var _valid0 = _errs6 === errors;
          if (valid1 = valid1 || _valid0, valid1)
            errors = _errs3, vErrors !== null && (_errs3 ? vErrors.length = _errs3 : vErrors = null);
          else {
            let err4 = { instancePath: instancePath + "/decimals", schemaPath: "#/properties/decimals/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
            return vErrors === null ? vErrors = [err4] : vErrors.push(err4), errors++, validate68.errors = vErrors, !1;
          }
          var valid0 = _errs2 === errors;
        } else
          var valid0 = !0;
    } else
      return validate68.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate68.errors = vErrors, errors === 0;
}
validate68.evaluated = { props: { request: !0, decimals: !0 }, dynamicProps: !1, dynamicItems: !1 };
var BeforeActionParams = validate70;
function validate70(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate70.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.facts === void 0 || !func0.call(data, "facts")) && (missing0 = "facts") || (data.deadlineMs === void 0 || !func0.call(data, "deadlineMs")) && (missing0 = "deadlineMs"))
        return validate70.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.facts !== void 0 && func0.call(data, "facts")) {
        let _errs1 = errors;
        validate59(data.facts, { instancePath: instancePath + "/facts", parentData: data, parentDataProperty: "facts", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors), errors = vErrors.length);
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.deadlineMs !== void 0 && func0.call(data, "deadlineMs")) {
          let data1 = data.deadlineMs, _errs2 = errors;
          if (errors === errors)
            if (typeof data1 == "number" && isFinite(data1)) {
              if (data1 > 864e5 || isNaN(data1))
                return validate70.errors = [{ instancePath: instancePath + "/deadlineMs", schemaPath: "#/$defs/DurationMs/maximum", keyword: "maximum", params: { comparison: "<=", limit: 864e5 }, message: "must be <= 86400000" }], !1;
              if (data1 < 0 || isNaN(data1))
                return validate70.errors = [{ instancePath: instancePath + "/deadlineMs", schemaPath: "#/$defs/DurationMs/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
            } else
              return validate70.errors = [{ instancePath: instancePath + "/deadlineMs", schemaPath: "#/$defs/DurationMs/type", keyword: "type", params: { type: "number" }, message: "must be number" }], !1;
          var valid0 = _errs2 === errors;
        } else
          var valid0 = !0;
        if (valid0)
          if (data.provided !== void 0 && func0.call(data, "provided")) {
            let data2 = data.provided, _errs5 = errors;
            if (errors === _errs5)
              if (Array.isArray(data2)) {
                var valid2 = !0;
                let len0 = data2.length;
                for (let i0 = 0; i0 < len0; i0++) {
                  let _errs7 = errors;
                  validate68(data2[i0], { instancePath: instancePath + "/provided/" + i0, parentData: data2, parentDataProperty: i0, rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate68.errors : vErrors.concat(validate68.errors), errors = vErrors.length);
                  var valid2 = _errs7 === errors;
                  if (!valid2)
                    break;
                }
              } else
                return validate70.errors = [{ instancePath: instancePath + "/provided", schemaPath: "#/properties/provided/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
            var valid0 = _errs5 === errors;
          } else
            var valid0 = !0;
      }
    } else
      return validate70.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate70.errors = vErrors, errors === 0;
}
validate70.evaluated = { props: { facts: !0, deadlineMs: !0, provided: !0 }, dynamicProps: !1, dynamicItems: !1 };
var BeforeWalletCallParams = validate73;
function validate73(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate73.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.actionId === void 0 || !func0.call(data, "actionId")) && (missing0 = "actionId") || (data.call === void 0 || !func0.call(data, "call")) && (missing0 = "call") || (data.deadlineMs === void 0 || !func0.call(data, "deadlineMs")) && (missing0 = "deadlineMs"))
        return validate73.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.actionId !== void 0 && func0.call(data, "actionId")) {
        let data0 = data.actionId, _errs1 = errors;
        if (errors === errors)
          if (typeof data0 == "string") {
            if (!pattern4.test(data0))
              return validate73.errors = [{ instancePath: instancePath + "/actionId", schemaPath: "#/$defs/Id/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" }, message: 'must match pattern "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"' }], !1;
          } else
            return validate73.errors = [{ instancePath: instancePath + "/actionId", schemaPath: "#/$defs/Id/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.call !== void 0 && func0.call(data, "call")) {
          let _errs4 = errors;
          validate62(data.call, { instancePath: instancePath + "/call", parentData: data, parentDataProperty: "call", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate62.errors : vErrors.concat(validate62.errors), errors = vErrors.length);
          var valid0 = _errs4 === errors;
        } else
          var valid0 = !0;
        if (valid0)
          if (data.deadlineMs !== void 0 && func0.call(data, "deadlineMs")) {
            let data2 = data.deadlineMs, _errs5 = errors;
            if (errors === errors)
              if (typeof data2 == "number" && isFinite(data2)) {
                if (data2 > 864e5 || isNaN(data2))
                  return validate73.errors = [{ instancePath: instancePath + "/deadlineMs", schemaPath: "#/$defs/DurationMs/maximum", keyword: "maximum", params: { comparison: "<=", limit: 864e5 }, message: "must be <= 86400000" }], !1;
                if (data2 < 0 || isNaN(data2))
                  return validate73.errors = [{ instancePath: instancePath + "/deadlineMs", schemaPath: "#/$defs/DurationMs/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
              } else
                return validate73.errors = [{ instancePath: instancePath + "/deadlineMs", schemaPath: "#/$defs/DurationMs/type", keyword: "type", params: { type: "number" }, message: "must be number" }], !1;
            var valid0 = _errs5 === errors;
          } else
            var valid0 = !0;
      }
    } else
      return validate73.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate73.errors = vErrors, errors === 0;
}
validate73.evaluated = { props: { actionId: !0, call: !0, deadlineMs: !0 }, dynamicProps: !1, dynamicItems: !1 };
var DecisionAnswer = validate75;
function validate75(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate75.evaluated;
  evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0);
  let _errs0 = errors, valid0 = !1, _errs1 = errors;
  if (errors === _errs1)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.decision === void 0 || !func0.call(data, "decision")) && (missing0 = "decision")) {
        let err0 = { instancePath, schemaPath: "#/anyOf/0/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" };
        vErrors === null ? vErrors = [err0] : vErrors.push(err0), errors++;
      } else
        data.decision !== void 0 && func0.call(data, "decision") && (validate37(data.decision, { instancePath: instancePath + "/decision", parentData: data, parentDataProperty: "decision", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate37.errors : vErrors.concat(validate37.errors), errors = vErrors.length));
    } else {
      let err1 = { instancePath, schemaPath: "#/anyOf/0/type", keyword: "type", params: { type: "object" }, message: "must be object" };
      vErrors === null ? vErrors = [err1] : vErrors.push(err1), errors++;
    }
  var _valid0 = _errs1 === errors;
  if (valid0 = valid0 || _valid0, _valid0) {
    var props1 = {};
    props1.decision = !0;
  }
  let _errs4 = errors;
  if (errors === _errs4)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing1;
      if ((data.needs === void 0 || !func0.call(data, "needs")) && (missing1 = "needs")) {
        let err2 = { instancePath, schemaPath: "#/anyOf/1/required", keyword: "required", params: { missingProperty: missing1 }, message: "must have required property '" + missing1 + "'" };
        vErrors === null ? vErrors = [err2] : vErrors.push(err2), errors++;
      } else if (data.needs !== void 0 && func0.call(data, "needs")) {
        let data1 = data.needs;
        if (errors === errors)
          if (Array.isArray(data1))
            if (data1.length < 1) {
              let err3 = { instancePath: instancePath + "/needs", schemaPath: "#/anyOf/1/properties/needs/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
              vErrors === null ? vErrors = [err3] : vErrors.push(err3), errors++;
            } else {
              var valid3 = !0;
              let len0 = data1.length;
              for (let i0 = 0; i0 < len0; i0++) {
                let _errs8 = errors;
                validate67(data1[i0], { instancePath: instancePath + "/needs/" + i0, parentData: data1, parentDataProperty: i0, rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate67.errors : vErrors.concat(validate67.errors), errors = vErrors.length);
                var valid3 = _errs8 === errors;
                if (!valid3)
                  break;
              }
            }
          else {
            let err4 = { instancePath: instancePath + "/needs", schemaPath: "#/anyOf/1/properties/needs/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            vErrors === null ? vErrors = [err4] : vErrors.push(err4), errors++;
          }
      }
    } else {
      let err5 = { instancePath, schemaPath: "#/anyOf/1/type", keyword: "type", params: { type: "object" }, message: "must be object" };
      vErrors === null ? vErrors = [err5] : vErrors.push(err5), errors++;
    }
  var _valid0 = _errs4 === errors;
  if (valid0 = valid0 || _valid0, _valid0 && props1 !== !0 && (props1 = props1 || {}, props1.needs = !0), valid0)
    errors = _errs0, vErrors !== null && (_errs0 ? vErrors.length = _errs0 : vErrors = null);
  else {
    let err6 = { instancePath, schemaPath: "#/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
    return vErrors === null ? vErrors = [err6] : vErrors.push(err6), errors++, validate75.errors = vErrors, !1;
  }
  return validate75.errors = vErrors, evaluated0.props = props1, errors === 0;
}
validate75.evaluated = { dynamicProps: !0, dynamicItems: !1 };
var ObserveParams = validate78, schema112 = { title: "ObserveParams", description: "Says that a wallet call did not leave, so that what it drew of the envelope goes back. May be lost: the journal says it again.", type: "object", required: ["actionId", "callId", "observation"], properties: { actionId: { $ref: "#/$defs/Id" }, callId: { $ref: "#/$defs/Id" }, observation: { enum: ["refused", "never_left"] } } };
function validate78(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate78.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.actionId === void 0 || !func0.call(data, "actionId")) && (missing0 = "actionId") || (data.callId === void 0 || !func0.call(data, "callId")) && (missing0 = "callId") || (data.observation === void 0 || !func0.call(data, "observation")) && (missing0 = "observation"))
        return validate78.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.actionId !== void 0 && func0.call(data, "actionId")) {
        let data0 = data.actionId, _errs1 = errors;
        if (errors === errors)
          if (typeof data0 == "string") {
            if (!pattern4.test(data0))
              return validate78.errors = [{ instancePath: instancePath + "/actionId", schemaPath: "#/$defs/Id/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" }, message: 'must match pattern "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"' }], !1;
          } else
            return validate78.errors = [{ instancePath: instancePath + "/actionId", schemaPath: "#/$defs/Id/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.callId !== void 0 && func0.call(data, "callId")) {
          let data1 = data.callId, _errs4 = errors;
          if (errors === errors)
            if (typeof data1 == "string") {
              if (!pattern4.test(data1))
                return validate78.errors = [{ instancePath: instancePath + "/callId", schemaPath: "#/$defs/Id/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" }, message: 'must match pattern "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"' }], !1;
            } else
              return validate78.errors = [{ instancePath: instancePath + "/callId", schemaPath: "#/$defs/Id/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          var valid0 = _errs4 === errors;
        } else
          var valid0 = !0;
        if (valid0)
          if (data.observation !== void 0 && func0.call(data, "observation")) {
            let data2 = data.observation, _errs7 = errors;
            if (!(data2 === "refused" || data2 === "never_left"))
              return validate78.errors = [{ instancePath: instancePath + "/observation", schemaPath: "#/properties/observation/enum", keyword: "enum", params: { allowedValues: schema112.properties.observation.enum }, message: "must be equal to one of the allowed values" }], !1;
            var valid0 = _errs7 === errors;
          } else
            var valid0 = !0;
      }
    } else
      return validate78.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate78.errors = vErrors, errors === 0;
}
validate78.evaluated = { props: { actionId: !0, callId: !0, observation: !0 }, dynamicProps: !1, dynamicItems: !1 };
var SettleParams = validate79, schema115 = { title: "SettleParams", description: "Everything that settling needs: a process that did not open the attempt settles it from this message and the ledger.", type: "object", required: ["facts", "ledgerId", "stage", "durationMs", "walletTouched", "journal", "settlements"], properties: { facts: { $ref: "#/$defs/AttemptFacts" }, ledgerId: { description: "The ledger in which the attempt was opened; another is refused.", type: "string", minLength: 1, maxLength: 64 }, stage: { description: "before: the body was not entered. raised: it threw. returned: it returned.", enum: ["before", "raised", "returned"] }, result: { $ref: "#/$defs/JsonValue" }, error: { description: "What was thrown, by name and text.", type: "object", required: ["name", "message"], properties: { name: { type: "string", maxLength: 256 }, message: { type: "string", maxLength: 4096 } } }, durationMs: { type: "number", minimum: 0 }, walletTouched: { description: "Whether the guarded wallet was used at all.", type: "boolean" }, journal: { type: "array", items: { $ref: "#/$defs/JournalCall" } }, said: { description: "What the host's own classifier says of the result, where it says anything; the words of outcome-labels.json decide otherwise.", enum: ["succeeded", "failed"] }, denial: { description: "The denial that ended the attempt's wallet calls, where the host made it: an escape, a queue that was full.", type: "object", required: ["code", "reason"], properties: { code: { $ref: "#/$defs/ReasonCode" }, reason: { type: "string", maxLength: 4096 } } }, settlements: { description: "Every settlement that was answered in the attempt, oldest first.", type: "array", items: { type: "object", additionalProperties: !0 } }, provided: { type: "array", items: { $ref: "#/$defs/Provided" } } } };
var schema117 = { title: "CallState", description: "waiting: recorded, not yet judged. refused: the guard said no. in_flight: handed to the wallet, which has not answered. never_left: failed before signed bytes existed. returned: the wallet answered with an id or a signature. raised: the wallet failed and may have let it leave.", enum: ["waiting", "refused", "in_flight", "never_left", "returned", "raised"] }, schema119 = { title: "Receipt", description: "A receipt of this very transaction (never of its replacement).", type: "object", required: ["status"], properties: { status: { enum: ["confirmed", "reverted"] }, blockNumber: { $ref: "#/$defs/AtomicAmount" } } };
function validate84(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate84.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.status === void 0 || !func0.call(data, "status")) && (missing0 = "status"))
        return validate84.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.status !== void 0 && func0.call(data, "status")) {
        let data0 = data.status, _errs1 = errors;
        if (!(data0 === "confirmed" || data0 === "reverted"))
          return validate84.errors = [{ instancePath: instancePath + "/status", schemaPath: "#/properties/status/enum", keyword: "enum", params: { allowedValues: schema119.properties.status.enum }, message: "must be equal to one of the allowed values" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0)
        if (data.blockNumber !== void 0 && func0.call(data, "blockNumber")) {
          let data1 = data.blockNumber, _errs2 = errors;
          if (errors === errors)
            if (typeof data1 == "string") {
              if (func61(data1) > 100)
                return validate84.errors = [{ instancePath: instancePath + "/blockNumber", schemaPath: "#/$defs/AtomicAmount/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters" }], !1;
              if (!pattern10.test(data1))
                return validate84.errors = [{ instancePath: instancePath + "/blockNumber", schemaPath: "#/$defs/AtomicAmount/pattern", keyword: "pattern", params: { pattern: "^(0|[1-9][0-9]*)$" }, message: 'must match pattern "^(0|[1-9][0-9]*)$"' }], !1;
            } else
              return validate84.errors = [{ instancePath: instancePath + "/blockNumber", schemaPath: "#/$defs/AtomicAmount/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          var valid0 = _errs2 === errors;
        } else
          var valid0 = !0;
    } else
      return validate84.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate84.errors = vErrors, errors === 0;
}
validate84.evaluated = { props: { status: !0, blockNumber: !0 }, dynamicProps: !1, dynamicItems: !1 };
function validate82(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate82.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.facts === void 0 || !func0.call(data, "facts")) && (missing0 = "facts") || (data.state === void 0 || !func0.call(data, "state")) && (missing0 = "state"))
        return validate82.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.facts !== void 0 && func0.call(data, "facts")) {
        let _errs1 = errors;
        validate62(data.facts, { instancePath: instancePath + "/facts", parentData: data, parentDataProperty: "facts", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate62.errors : vErrors.concat(validate62.errors), errors = vErrors.length);
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.state !== void 0 && func0.call(data, "state")) {
          let data1 = data.state, _errs2 = errors;
          if (!(data1 === "waiting" || data1 === "refused" || data1 === "in_flight" || data1 === "never_left" || data1 === "returned" || data1 === "raised"))
            return validate82.errors = [{ instancePath: instancePath + "/state", schemaPath: "#/$defs/CallState/enum", keyword: "enum", params: { allowedValues: schema117.enum }, message: "must be equal to one of the allowed values" }], !1;
          var valid0 = _errs2 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.transactionId !== void 0 && func0.call(data, "transactionId")) {
            let data2 = data.transactionId, _errs4 = errors;
            if (errors === _errs4)
              if (typeof data2 == "string") {
                if (func61(data2) > 256)
                  return validate82.errors = [{ instancePath: instancePath + "/transactionId", schemaPath: "#/properties/transactionId/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
                if (func61(data2) < 1)
                  return validate82.errors = [{ instancePath: instancePath + "/transactionId", schemaPath: "#/properties/transactionId/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
              } else
                return validate82.errors = [{ instancePath: instancePath + "/transactionId", schemaPath: "#/properties/transactionId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
            var valid0 = _errs4 === errors;
          } else
            var valid0 = !0;
          if (valid0) {
            if (data.signatureHash !== void 0 && func0.call(data, "signatureHash")) {
              let data3 = data.signatureHash, _errs6 = errors;
              if (errors === _errs6)
                if (typeof data3 == "string") {
                  if (!pattern14.test(data3))
                    return validate82.errors = [{ instancePath: instancePath + "/signatureHash", schemaPath: "#/properties/signatureHash/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' }], !1;
                } else
                  return validate82.errors = [{ instancePath: instancePath + "/signatureHash", schemaPath: "#/properties/signatureHash/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
              var valid0 = _errs6 === errors;
            } else
              var valid0 = !0;
            if (valid0) {
              if (data.nonce !== void 0 && func0.call(data, "nonce")) {
                let data4 = data.nonce, _errs8 = errors;
                if (errors === errors)
                  if (typeof data4 == "string") {
                    if (func61(data4) > 100)
                      return validate82.errors = [{ instancePath: instancePath + "/nonce", schemaPath: "#/$defs/AtomicAmount/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters" }], !1;
                    if (!pattern10.test(data4))
                      return validate82.errors = [{ instancePath: instancePath + "/nonce", schemaPath: "#/$defs/AtomicAmount/pattern", keyword: "pattern", params: { pattern: "^(0|[1-9][0-9]*)$" }, message: 'must match pattern "^(0|[1-9][0-9]*)$"' }], !1;
                  } else
                    return validate82.errors = [{ instancePath: instancePath + "/nonce", schemaPath: "#/$defs/AtomicAmount/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                var valid0 = _errs8 === errors;
              } else
                var valid0 = !0;
              if (valid0) {
                if (data.error !== void 0 && func0.call(data, "error")) {
                  let data5 = data.error, _errs11 = errors;
                  if (errors === _errs11)
                    if (typeof data5 == "string") {
                      if (func61(data5) > 4096)
                        return validate82.errors = [{ instancePath: instancePath + "/error", schemaPath: "#/properties/error/maxLength", keyword: "maxLength", params: { limit: 4096 }, message: "must NOT have more than 4096 characters" }], !1;
                    } else
                      return validate82.errors = [{ instancePath: instancePath + "/error", schemaPath: "#/properties/error/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                  var valid0 = _errs11 === errors;
                } else
                  var valid0 = !0;
                if (valid0)
                  if (data.receipt !== void 0 && func0.call(data, "receipt")) {
                    let _errs13 = errors;
                    validate84(data.receipt, { instancePath: instancePath + "/receipt", parentData: data, parentDataProperty: "receipt", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate84.errors : vErrors.concat(validate84.errors), errors = vErrors.length);
                    var valid0 = _errs13 === errors;
                  } else
                    var valid0 = !0;
              }
            }
          }
        }
      }
    } else
      return validate82.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate82.errors = vErrors, errors === 0;
}
validate82.evaluated = { props: { facts: !0, state: !0, transactionId: !0, signatureHash: !0, nonce: !0, error: !0, receipt: !0 }, dynamicProps: !1, dynamicItems: !1 };
function validate79(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate79.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.facts === void 0 || !func0.call(data, "facts")) && (missing0 = "facts") || (data.ledgerId === void 0 || !func0.call(data, "ledgerId")) && (missing0 = "ledgerId") || (data.stage === void 0 || !func0.call(data, "stage")) && (missing0 = "stage") || (data.durationMs === void 0 || !func0.call(data, "durationMs")) && (missing0 = "durationMs") || (data.walletTouched === void 0 || !func0.call(data, "walletTouched")) && (missing0 = "walletTouched") || (data.journal === void 0 || !func0.call(data, "journal")) && (missing0 = "journal") || (data.settlements === void 0 || !func0.call(data, "settlements")) && (missing0 = "settlements"))
        return validate79.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.facts !== void 0 && func0.call(data, "facts")) {
        let _errs1 = errors;
        validate59(data.facts, { instancePath: instancePath + "/facts", parentData: data, parentDataProperty: "facts", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors), errors = vErrors.length);
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.ledgerId !== void 0 && func0.call(data, "ledgerId")) {
          let data1 = data.ledgerId, _errs2 = errors;
          if (errors === _errs2)
            if (typeof data1 == "string") {
              if (func61(data1) > 64)
                return validate79.errors = [{ instancePath: instancePath + "/ledgerId", schemaPath: "#/properties/ledgerId/maxLength", keyword: "maxLength", params: { limit: 64 }, message: "must NOT have more than 64 characters" }], !1;
              if (func61(data1) < 1)
                return validate79.errors = [{ instancePath: instancePath + "/ledgerId", schemaPath: "#/properties/ledgerId/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
            } else
              return validate79.errors = [{ instancePath: instancePath + "/ledgerId", schemaPath: "#/properties/ledgerId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          var valid0 = _errs2 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.stage !== void 0 && func0.call(data, "stage")) {
            let data2 = data.stage, _errs4 = errors;
            if (!(data2 === "before" || data2 === "raised" || data2 === "returned"))
              return validate79.errors = [{ instancePath: instancePath + "/stage", schemaPath: "#/properties/stage/enum", keyword: "enum", params: { allowedValues: schema115.properties.stage.enum }, message: "must be equal to one of the allowed values" }], !1;
            var valid0 = _errs4 === errors;
          } else
            var valid0 = !0;
          if (valid0) {
            if (data.result !== void 0 && func0.call(data, "result")) {
              let _errs5 = errors;
              validate23(data.result, { instancePath: instancePath + "/result", parentData: data, parentDataProperty: "result", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors), errors = vErrors.length);
              var valid0 = _errs5 === errors;
            } else
              var valid0 = !0;
            if (valid0) {
              if (data.error !== void 0 && func0.call(data, "error")) {
                let data4 = data.error, _errs6 = errors;
                if (errors === _errs6)
                  if (data4 && typeof data4 == "object" && !Array.isArray(data4)) {
                    let missing1;
                    if ((data4.name === void 0 || !func0.call(data4, "name")) && (missing1 = "name") || (data4.message === void 0 || !func0.call(data4, "message")) && (missing1 = "message"))
                      return validate79.errors = [{ instancePath: instancePath + "/error", schemaPath: "#/properties/error/required", keyword: "required", params: { missingProperty: missing1 }, message: "must have required property '" + missing1 + "'" }], !1;
                    if (data4.name !== void 0 && func0.call(data4, "name")) {
                      let data5 = data4.name, _errs8 = errors;
                      if (errors === _errs8)
                        if (typeof data5 == "string") {
                          if (func61(data5) > 256)
                            return validate79.errors = [{ instancePath: instancePath + "/error/name", schemaPath: "#/properties/error/properties/name/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
                        } else
                          return validate79.errors = [{ instancePath: instancePath + "/error/name", schemaPath: "#/properties/error/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                      var valid1 = _errs8 === errors;
                    } else
                      var valid1 = !0;
                    if (valid1)
                      if (data4.message !== void 0 && func0.call(data4, "message")) {
                        let data6 = data4.message, _errs10 = errors;
                        if (errors === _errs10)
                          if (typeof data6 == "string") {
                            if (func61(data6) > 4096)
                              return validate79.errors = [{ instancePath: instancePath + "/error/message", schemaPath: "#/properties/error/properties/message/maxLength", keyword: "maxLength", params: { limit: 4096 }, message: "must NOT have more than 4096 characters" }], !1;
                          } else
                            return validate79.errors = [{ instancePath: instancePath + "/error/message", schemaPath: "#/properties/error/properties/message/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                        var valid1 = _errs10 === errors;
                      } else
                        var valid1 = !0;
                  } else
                    return validate79.errors = [{ instancePath: instancePath + "/error", schemaPath: "#/properties/error/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                var valid0 = _errs6 === errors;
              } else
                var valid0 = !0;
              if (valid0) {
                if (data.durationMs !== void 0 && func0.call(data, "durationMs")) {
                  let data7 = data.durationMs, _errs12 = errors;
                  if (errors === _errs12)
                    if (typeof data7 == "number" && isFinite(data7)) {
                      if (data7 < 0 || isNaN(data7))
                        return validate79.errors = [{ instancePath: instancePath + "/durationMs", schemaPath: "#/properties/durationMs/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
                    } else
                      return validate79.errors = [{ instancePath: instancePath + "/durationMs", schemaPath: "#/properties/durationMs/type", keyword: "type", params: { type: "number" }, message: "must be number" }], !1;
                  var valid0 = _errs12 === errors;
                } else
                  var valid0 = !0;
                if (valid0) {
                  if (data.walletTouched !== void 0 && func0.call(data, "walletTouched")) {
                    let _errs14 = errors;
                    if (typeof data.walletTouched != "boolean")
                      return validate79.errors = [{ instancePath: instancePath + "/walletTouched", schemaPath: "#/properties/walletTouched/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }], !1;
                    var valid0 = _errs14 === errors;
                  } else
                    var valid0 = !0;
                  if (valid0) {
                    if (data.journal !== void 0 && func0.call(data, "journal")) {
                      let data9 = data.journal, _errs16 = errors;
                      if (errors === _errs16)
                        if (Array.isArray(data9)) {
                          var valid2 = !0;
                          let len0 = data9.length;
                          for (let i0 = 0; i0 < len0; i0++) {
                            let _errs18 = errors;
                            validate82(data9[i0], { instancePath: instancePath + "/journal/" + i0, parentData: data9, parentDataProperty: i0, rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate82.errors : vErrors.concat(validate82.errors), errors = vErrors.length);
                            var valid2 = _errs18 === errors;
                            if (!valid2)
                              break;
                          }
                        } else
                          return validate79.errors = [{ instancePath: instancePath + "/journal", schemaPath: "#/properties/journal/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                      var valid0 = _errs16 === errors;
                    } else
                      var valid0 = !0;
                    if (valid0) {
                      if (data.said !== void 0 && func0.call(data, "said")) {
                        let data11 = data.said, _errs19 = errors;
                        if (!(data11 === "succeeded" || data11 === "failed"))
                          return validate79.errors = [{ instancePath: instancePath + "/said", schemaPath: "#/properties/said/enum", keyword: "enum", params: { allowedValues: schema115.properties.said.enum }, message: "must be equal to one of the allowed values" }], !1;
                        var valid0 = _errs19 === errors;
                      } else
                        var valid0 = !0;
                      if (valid0) {
                        if (data.denial !== void 0 && func0.call(data, "denial")) {
                          let data12 = data.denial, _errs20 = errors;
                          if (errors === _errs20)
                            if (data12 && typeof data12 == "object" && !Array.isArray(data12)) {
                              let missing2;
                              if ((data12.code === void 0 || !func0.call(data12, "code")) && (missing2 = "code") || (data12.reason === void 0 || !func0.call(data12, "reason")) && (missing2 = "reason"))
                                return validate79.errors = [{ instancePath: instancePath + "/denial", schemaPath: "#/properties/denial/required", keyword: "required", params: { missingProperty: missing2 }, message: "must have required property '" + missing2 + "'" }], !1;
                              if (data12.code !== void 0 && func0.call(data12, "code")) {
                                let data13 = data12.code, _errs22 = errors;
                                if (errors === errors)
                                  if (typeof data13 == "string") {
                                    if (!pattern15.test(data13))
                                      return validate79.errors = [{ instancePath: instancePath + "/denial/code", schemaPath: "#/$defs/ReasonCode/pattern", keyword: "pattern", params: { pattern: "^[a-z][a-z0-9_]{0,63}$" }, message: 'must match pattern "^[a-z][a-z0-9_]{0,63}$"' }], !1;
                                  } else
                                    return validate79.errors = [{ instancePath: instancePath + "/denial/code", schemaPath: "#/$defs/ReasonCode/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                var valid3 = _errs22 === errors;
                              } else
                                var valid3 = !0;
                              if (valid3)
                                if (data12.reason !== void 0 && func0.call(data12, "reason")) {
                                  let data14 = data12.reason, _errs25 = errors;
                                  if (errors === _errs25)
                                    if (typeof data14 == "string") {
                                      if (func61(data14) > 4096)
                                        return validate79.errors = [{ instancePath: instancePath + "/denial/reason", schemaPath: "#/properties/denial/properties/reason/maxLength", keyword: "maxLength", params: { limit: 4096 }, message: "must NOT have more than 4096 characters" }], !1;
                                    } else
                                      return validate79.errors = [{ instancePath: instancePath + "/denial/reason", schemaPath: "#/properties/denial/properties/reason/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                  var valid3 = _errs25 === errors;
                                } else
                                  var valid3 = !0;
                            } else
                              return validate79.errors = [{ instancePath: instancePath + "/denial", schemaPath: "#/properties/denial/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                          var valid0 = _errs20 === errors;
                        } else
                          var valid0 = !0;
                        if (valid0) {
                          if (data.settlements !== void 0 && func0.call(data, "settlements")) {
                            let data15 = data.settlements, _errs27 = errors;
                            if (errors === _errs27)
                              if (Array.isArray(data15)) {
                                var valid5 = !0;
                                let len1 = data15.length;
                                for (let i1 = 0; i1 < len1; i1++) {
                                  let data16 = data15[i1], _errs29 = errors;
                                  if (errors === _errs29 && !(data16 && typeof data16 == "object" && !Array.isArray(data16)))
                                    return validate79.errors = [{ instancePath: instancePath + "/settlements/" + i1, schemaPath: "#/properties/settlements/items/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                                  var valid5 = _errs29 === errors;
                                  if (!valid5)
                                    break;
                                }
                              } else
                                return validate79.errors = [{ instancePath: instancePath + "/settlements", schemaPath: "#/properties/settlements/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                            var valid0 = _errs27 === errors;
                          } else
                            var valid0 = !0;
                          if (valid0)
                            if (data.provided !== void 0 && func0.call(data, "provided")) {
                              let data17 = data.provided, _errs32 = errors;
                              if (errors === _errs32)
                                if (Array.isArray(data17)) {
                                  var valid6 = !0;
                                  let len2 = data17.length;
                                  for (let i2 = 0; i2 < len2; i2++) {
                                    let _errs34 = errors;
                                    validate68(data17[i2], { instancePath: instancePath + "/provided/" + i2, parentData: data17, parentDataProperty: i2, rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate68.errors : vErrors.concat(validate68.errors), errors = vErrors.length);
                                    var valid6 = _errs34 === errors;
                                    if (!valid6)
                                      break;
                                  }
                                } else
                                  return validate79.errors = [{ instancePath: instancePath + "/provided", schemaPath: "#/properties/provided/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                              var valid0 = _errs32 === errors;
                            } else
                              var valid0 = !0;
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else
      return validate79.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate79.errors = vErrors, errors === 0;
}
validate79.evaluated = { props: { facts: !0, ledgerId: !0, stage: !0, result: !0, error: !0, durationMs: !0, walletTouched: !0, journal: !0, said: !0, denial: !0, settlements: !0, provided: !0 }, dynamicProps: !1, dynamicItems: !1 };
var SettleResult = validate88;
function validate88(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate88.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.outcome === void 0 || !func0.call(data, "outcome")) && (missing0 = "outcome"))
        return validate88.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      data.outcome !== void 0 && func0.call(data, "outcome") && (validate52(data.outcome, { instancePath: instancePath + "/outcome", parentData: data, parentDataProperty: "outcome", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate52.errors : vErrors.concat(validate52.errors), errors = vErrors.length));
    } else
      return validate88.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate88.errors = vErrors, errors === 0;
}
validate88.evaluated = { props: { outcome: !0 }, dynamicProps: !1, dynamicItems: !1 };
var WalletMethod = validate90;
function validate90(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate90.evaluated;
  return evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), data === "send" || data === "sign_transaction" || data === "sign_typed_data" || data === "sign_message" || data === "sign_hash" || data === "escape" || data === "unknown" ? (validate90.errors = vErrors, errors === 0) : (validate90.errors = [{ instancePath, schemaPath: "#/enum", keyword: "enum", params: { allowedValues: schema99.enum }, message: "must be equal to one of the allowed values" }], !1);
}
validate90.evaluated = { dynamicProps: !1, dynamicItems: !1 };
var WalletCallFacts = validate91;
function validate91(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate91.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.callId === void 0 || !func0.call(data, "callId")) && (missing0 = "callId") || (data.method === void 0 || !func0.call(data, "method")) && (missing0 = "method") || (data.walletMethod === void 0 || !func0.call(data, "walletMethod")) && (missing0 = "walletMethod"))
        return validate91.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.callId !== void 0 && func0.call(data, "callId")) {
        let data0 = data.callId, _errs1 = errors;
        if (errors === errors)
          if (typeof data0 == "string") {
            if (!pattern4.test(data0))
              return validate91.errors = [{ instancePath: instancePath + "/callId", schemaPath: "#/$defs/Id/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" }, message: 'must match pattern "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"' }], !1;
          } else
            return validate91.errors = [{ instancePath: instancePath + "/callId", schemaPath: "#/$defs/Id/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.method !== void 0 && func0.call(data, "method")) {
          let data1 = data.method, _errs4 = errors;
          if (!(data1 === "send" || data1 === "sign_transaction" || data1 === "sign_typed_data" || data1 === "sign_message" || data1 === "sign_hash" || data1 === "escape" || data1 === "unknown"))
            return validate91.errors = [{ instancePath: instancePath + "/method", schemaPath: "#/$defs/WalletMethod/enum", keyword: "enum", params: { allowedValues: schema99.enum }, message: "must be equal to one of the allowed values" }], !1;
          var valid0 = _errs4 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.walletMethod !== void 0 && func0.call(data, "walletMethod")) {
            let data2 = data.walletMethod, _errs6 = errors;
            if (errors === _errs6)
              if (typeof data2 == "string") {
                if (func61(data2) > 256)
                  return validate91.errors = [{ instancePath: instancePath + "/walletMethod", schemaPath: "#/properties/walletMethod/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
              } else
                return validate91.errors = [{ instancePath: instancePath + "/walletMethod", schemaPath: "#/properties/walletMethod/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
            var valid0 = _errs6 === errors;
          } else
            var valid0 = !0;
          if (valid0) {
            if (data.chainId !== void 0 && func0.call(data, "chainId")) {
              let data3 = data.chainId, _errs8 = errors;
              if (errors === errors)
                if (typeof data3 == "string") {
                  if (!pattern8.test(data3))
                    return validate91.errors = [{ instancePath: instancePath + "/chainId", schemaPath: "#/$defs/ChainId/pattern", keyword: "pattern", params: { pattern: "^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$" }, message: 'must match pattern "^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$"' }], !1;
                } else
                  return validate91.errors = [{ instancePath: instancePath + "/chainId", schemaPath: "#/$defs/ChainId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
              var valid0 = _errs8 === errors;
            } else
              var valid0 = !0;
            if (valid0) {
              if (data.from !== void 0 && func0.call(data, "from")) {
                let data4 = data.from, _errs11 = errors;
                if (errors === _errs11)
                  if (typeof data4 == "string") {
                    if (func61(data4) > 256)
                      return validate91.errors = [{ instancePath: instancePath + "/from", schemaPath: "#/properties/from/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
                  } else
                    return validate91.errors = [{ instancePath: instancePath + "/from", schemaPath: "#/properties/from/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                var valid0 = _errs11 === errors;
              } else
                var valid0 = !0;
              if (valid0) {
                if (data.to !== void 0 && func0.call(data, "to")) {
                  let data5 = data.to, _errs13 = errors;
                  if (errors === _errs13)
                    if (typeof data5 == "string") {
                      if (func61(data5) > 256)
                        return validate91.errors = [{ instancePath: instancePath + "/to", schemaPath: "#/properties/to/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
                    } else
                      return validate91.errors = [{ instancePath: instancePath + "/to", schemaPath: "#/properties/to/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                  var valid0 = _errs13 === errors;
                } else
                  var valid0 = !0;
                if (valid0) {
                  if (data.value !== void 0 && func0.call(data, "value")) {
                    let data6 = data.value, _errs15 = errors;
                    if (errors === errors)
                      if (typeof data6 == "string") {
                        if (func61(data6) > 100)
                          return validate91.errors = [{ instancePath: instancePath + "/value", schemaPath: "#/$defs/AtomicAmount/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters" }], !1;
                        if (!pattern10.test(data6))
                          return validate91.errors = [{ instancePath: instancePath + "/value", schemaPath: "#/$defs/AtomicAmount/pattern", keyword: "pattern", params: { pattern: "^(0|[1-9][0-9]*)$" }, message: 'must match pattern "^(0|[1-9][0-9]*)$"' }], !1;
                      } else
                        return validate91.errors = [{ instancePath: instancePath + "/value", schemaPath: "#/$defs/AtomicAmount/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                    var valid0 = _errs15 === errors;
                  } else
                    var valid0 = !0;
                  if (valid0) {
                    if (data.data !== void 0 && func0.call(data, "data")) {
                      let data7 = data.data, _errs18 = errors;
                      if (errors === _errs18)
                        if (typeof data7 == "string") {
                          if (!pattern38.test(data7))
                            return validate91.errors = [{ instancePath: instancePath + "/data", schemaPath: "#/properties/data/pattern", keyword: "pattern", params: { pattern: "^0x([0-9a-fA-F]{2})*$" }, message: 'must match pattern "^0x([0-9a-fA-F]{2})*$"' }], !1;
                        } else
                          return validate91.errors = [{ instancePath: instancePath + "/data", schemaPath: "#/properties/data/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                      var valid0 = _errs18 === errors;
                    } else
                      var valid0 = !0;
                    if (valid0) {
                      if (data.nonce !== void 0 && func0.call(data, "nonce")) {
                        let data8 = data.nonce, _errs20 = errors;
                        if (errors === errors)
                          if (typeof data8 == "string") {
                            if (func61(data8) > 100)
                              return validate91.errors = [{ instancePath: instancePath + "/nonce", schemaPath: "#/$defs/AtomicAmount/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters" }], !1;
                            if (!pattern10.test(data8))
                              return validate91.errors = [{ instancePath: instancePath + "/nonce", schemaPath: "#/$defs/AtomicAmount/pattern", keyword: "pattern", params: { pattern: "^(0|[1-9][0-9]*)$" }, message: 'must match pattern "^(0|[1-9][0-9]*)$"' }], !1;
                          } else
                            return validate91.errors = [{ instancePath: instancePath + "/nonce", schemaPath: "#/$defs/AtomicAmount/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                        var valid0 = _errs20 === errors;
                      } else
                        var valid0 = !0;
                      if (valid0) {
                        if (data.payload !== void 0 && func0.call(data, "payload")) {
                          let _errs23 = errors;
                          validate23(data.payload, { instancePath: instancePath + "/payload", parentData: data, parentDataProperty: "payload", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors), errors = vErrors.length);
                          var valid0 = _errs23 === errors;
                        } else
                          var valid0 = !0;
                        if (valid0) {
                          if (data.unread !== void 0 && func0.call(data, "unread")) {
                            let data10 = data.unread, _errs24 = errors;
                            if (errors === _errs24)
                              if (data10 && typeof data10 == "object" && !Array.isArray(data10))
                                for (let key0 of Object.keys(data10)) {
                                  let _errs27 = errors;
                                  validate23(data10[key0], { instancePath: instancePath + "/unread/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data10, parentDataProperty: key0, rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors), errors = vErrors.length);
                                  var valid6 = _errs27 === errors;
                                  if (!valid6)
                                    break;
                                }
                              else
                                return validate91.errors = [{ instancePath: instancePath + "/unread", schemaPath: "#/properties/unread/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                            var valid0 = _errs24 === errors;
                          } else
                            var valid0 = !0;
                          if (valid0)
                            if (data.otherFields !== void 0 && func0.call(data, "otherFields")) {
                              let data12 = data.otherFields, _errs28 = errors;
                              if (errors === _errs28)
                                if (Array.isArray(data12)) {
                                  var valid7 = !0;
                                  let len0 = data12.length;
                                  for (let i0 = 0; i0 < len0; i0++) {
                                    let _errs30 = errors;
                                    if (typeof data12[i0] != "string")
                                      return validate91.errors = [{ instancePath: instancePath + "/otherFields/" + i0, schemaPath: "#/properties/otherFields/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                    var valid7 = _errs30 === errors;
                                    if (!valid7)
                                      break;
                                  }
                                } else
                                  return validate91.errors = [{ instancePath: instancePath + "/otherFields", schemaPath: "#/properties/otherFields/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                              var valid0 = _errs28 === errors;
                            } else
                              var valid0 = !0;
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else
      return validate91.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate91.errors = vErrors, errors === 0;
}
validate91.evaluated = { props: { callId: !0, method: !0, walletMethod: !0, chainId: !0, from: !0, to: !0, value: !0, data: !0, nonce: !0, payload: !0, unread: !0, otherFields: !0 }, dynamicProps: !1, dynamicItems: !1 };
var CallState = validate94;
function validate94(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate94.evaluated;
  return evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), data === "waiting" || data === "refused" || data === "in_flight" || data === "never_left" || data === "returned" || data === "raised" ? (validate94.errors = vErrors, errors === 0) : (validate94.errors = [{ instancePath, schemaPath: "#/enum", keyword: "enum", params: { allowedValues: schema117.enum }, message: "must be equal to one of the allowed values" }], !1);
}
validate94.evaluated = { dynamicProps: !1, dynamicItems: !1 };
var Receipt = validate95;
function validate95(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate95.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.status === void 0 || !func0.call(data, "status")) && (missing0 = "status"))
        return validate95.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.status !== void 0 && func0.call(data, "status")) {
        let data0 = data.status, _errs1 = errors;
        if (!(data0 === "confirmed" || data0 === "reverted"))
          return validate95.errors = [{ instancePath: instancePath + "/status", schemaPath: "#/properties/status/enum", keyword: "enum", params: { allowedValues: schema119.properties.status.enum }, message: "must be equal to one of the allowed values" }], !1;
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0)
        if (data.blockNumber !== void 0 && func0.call(data, "blockNumber")) {
          let data1 = data.blockNumber, _errs2 = errors;
          if (errors === errors)
            if (typeof data1 == "string") {
              if (func61(data1) > 100)
                return validate95.errors = [{ instancePath: instancePath + "/blockNumber", schemaPath: "#/$defs/AtomicAmount/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters" }], !1;
              if (!pattern10.test(data1))
                return validate95.errors = [{ instancePath: instancePath + "/blockNumber", schemaPath: "#/$defs/AtomicAmount/pattern", keyword: "pattern", params: { pattern: "^(0|[1-9][0-9]*)$" }, message: 'must match pattern "^(0|[1-9][0-9]*)$"' }], !1;
            } else
              return validate95.errors = [{ instancePath: instancePath + "/blockNumber", schemaPath: "#/$defs/AtomicAmount/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          var valid0 = _errs2 === errors;
        } else
          var valid0 = !0;
    } else
      return validate95.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate95.errors = vErrors, errors === 0;
}
validate95.evaluated = { props: { status: !0, blockNumber: !0 }, dynamicProps: !1, dynamicItems: !1 };
var JournalCall = validate96;
function validate96(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null, errors = 0, evaluated0 = validate96.evaluated;
  if (evaluated0.dynamicProps && (evaluated0.props = void 0), evaluated0.dynamicItems && (evaluated0.items = void 0), errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if ((data.facts === void 0 || !func0.call(data, "facts")) && (missing0 = "facts") || (data.state === void 0 || !func0.call(data, "state")) && (missing0 = "state"))
        return validate96.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.facts !== void 0 && func0.call(data, "facts")) {
        let _errs1 = errors;
        validate62(data.facts, { instancePath: instancePath + "/facts", parentData: data, parentDataProperty: "facts", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate62.errors : vErrors.concat(validate62.errors), errors = vErrors.length);
        var valid0 = _errs1 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.state !== void 0 && func0.call(data, "state")) {
          let data1 = data.state, _errs2 = errors;
          if (!(data1 === "waiting" || data1 === "refused" || data1 === "in_flight" || data1 === "never_left" || data1 === "returned" || data1 === "raised"))
            return validate96.errors = [{ instancePath: instancePath + "/state", schemaPath: "#/$defs/CallState/enum", keyword: "enum", params: { allowedValues: schema117.enum }, message: "must be equal to one of the allowed values" }], !1;
          var valid0 = _errs2 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.transactionId !== void 0 && func0.call(data, "transactionId")) {
            let data2 = data.transactionId, _errs4 = errors;
            if (errors === _errs4)
              if (typeof data2 == "string") {
                if (func61(data2) > 256)
                  return validate96.errors = [{ instancePath: instancePath + "/transactionId", schemaPath: "#/properties/transactionId/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" }], !1;
                if (func61(data2) < 1)
                  return validate96.errors = [{ instancePath: instancePath + "/transactionId", schemaPath: "#/properties/transactionId/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
              } else
                return validate96.errors = [{ instancePath: instancePath + "/transactionId", schemaPath: "#/properties/transactionId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
            var valid0 = _errs4 === errors;
          } else
            var valid0 = !0;
          if (valid0) {
            if (data.signatureHash !== void 0 && func0.call(data, "signatureHash")) {
              let data3 = data.signatureHash, _errs6 = errors;
              if (errors === _errs6)
                if (typeof data3 == "string") {
                  if (!pattern14.test(data3))
                    return validate96.errors = [{ instancePath: instancePath + "/signatureHash", schemaPath: "#/properties/signatureHash/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' }], !1;
                } else
                  return validate96.errors = [{ instancePath: instancePath + "/signatureHash", schemaPath: "#/properties/signatureHash/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
              var valid0 = _errs6 === errors;
            } else
              var valid0 = !0;
            if (valid0) {
              if (data.nonce !== void 0 && func0.call(data, "nonce")) {
                let data4 = data.nonce, _errs8 = errors;
                if (errors === errors)
                  if (typeof data4 == "string") {
                    if (func61(data4) > 100)
                      return validate96.errors = [{ instancePath: instancePath + "/nonce", schemaPath: "#/$defs/AtomicAmount/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters" }], !1;
                    if (!pattern10.test(data4))
                      return validate96.errors = [{ instancePath: instancePath + "/nonce", schemaPath: "#/$defs/AtomicAmount/pattern", keyword: "pattern", params: { pattern: "^(0|[1-9][0-9]*)$" }, message: 'must match pattern "^(0|[1-9][0-9]*)$"' }], !1;
                  } else
                    return validate96.errors = [{ instancePath: instancePath + "/nonce", schemaPath: "#/$defs/AtomicAmount/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                var valid0 = _errs8 === errors;
              } else
                var valid0 = !0;
              if (valid0) {
                if (data.error !== void 0 && func0.call(data, "error")) {
                  let data5 = data.error, _errs11 = errors;
                  if (errors === _errs11)
                    if (typeof data5 == "string") {
                      if (func61(data5) > 4096)
                        return validate96.errors = [{ instancePath: instancePath + "/error", schemaPath: "#/properties/error/maxLength", keyword: "maxLength", params: { limit: 4096 }, message: "must NOT have more than 4096 characters" }], !1;
                    } else
                      return validate96.errors = [{ instancePath: instancePath + "/error", schemaPath: "#/properties/error/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                  var valid0 = _errs11 === errors;
                } else
                  var valid0 = !0;
                if (valid0)
                  if (data.receipt !== void 0 && func0.call(data, "receipt")) {
                    let _errs13 = errors;
                    validate84(data.receipt, { instancePath: instancePath + "/receipt", parentData: data, parentDataProperty: "receipt", rootData, dynamicAnchors }) || (vErrors = vErrors === null ? validate84.errors : vErrors.concat(validate84.errors), errors = vErrors.length);
                    var valid0 = _errs13 === errors;
                  } else
                    var valid0 = !0;
              }
            }
          }
        }
      }
    } else
      return validate96.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate96.errors = vErrors, errors === 0;
}
validate96.evaluated = { props: { facts: !0, state: !0, transactionId: !0, signatureHash: !0, nonce: !0, error: !0, receipt: !0 }, dynamicProps: !1, dynamicItems: !1 };
export {
  AccountId,
  ActionContext,
  ActionOutcome,
  Allow,
  ApprovalHandle,
  AssetId,
  AtomicAmount,
  AttemptFacts,
  BeforeActionParams,
  BeforeWalletCallParams,
  CallState,
  ChainId,
  DecisionAnswer,
  Deny,
  DurationMs,
  Effect,
  EffectAmount,
  EffectKind,
  Id,
  Identity,
  InitializeParams,
  InitializeResult,
  JournalCall,
  JsonValue,
  Layer,
  MoneyLine,
  ObserveParams,
  OutcomeStatus,
  PolicyDecision,
  ProtocolVersion,
  Provided,
  ReadRequest,
  ReasonCode,
  Receipt,
  SettleParams,
  SettleResult,
  StringMap,
  Transaction,
  WalletCallFacts,
  WalletMethod
};
