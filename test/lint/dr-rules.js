// Rules of this house for oxlint (jsPlugins): what must come in through Deps, and what people must be able to read.
// Where each one holds is decided in .oxlintrc.json. JavaScript, because Node 20 cannot load a plugin in TypeScript.

/** `object.property(…)`, written with a dot or with a quoted name. */
function isMember(node, object, property) {
  if (node.type !== "MemberExpression" || node.object.type !== "Identifier" || node.object.name !== object) return false
  return node.computed
    ? node.property.type === "Literal" && node.property.value === property
    : node.property.name === property
}

/** Time, as the machine tells it: a test could not turn it, a rehearsal could not shift it. */
const noAmbientClock = {
  create(context) {
    const report = (node, what) =>
      context.report({ node, message: `${what} reads the machine's clock: take the time from deps.clock` })
    return {
      // The member, not the call: `clock = Date.now` takes the machine's clock along just as well.
      MemberExpression(node) {
        if (isMember(node, "Date", "now")) report(node, "Date.now")
        if (isMember(node, "performance", "now")) report(node, "performance.now")
        if (isMember(node, "process", "hrtime")) report(node, "process.hrtime")
      },
      CallExpression(node) {
        if (node.callee.type === "Identifier" && node.callee.name === "Date") report(node, "Date()")
      },
      NewExpression(node) {
        if (node.callee.type === "Identifier" && node.callee.name === "Date" && node.arguments.length === 0)
          report(node, "new Date()")
      },
    }
  },
}

/** An error that reaches a person needs a code, the wrong value and the next command. */
const noBareError = {
  create(context) {
    return {
      ThrowStatement(node) {
        const thrown = node.argument
        if (thrown?.type !== "NewExpression" && thrown?.type !== "CallExpression") return
        if (thrown.callee.type === "Identifier" && thrown.callee.name === "Error")
          context.report({ node, message: "throw DrError (for people) or call unreachable() (for bugs), not Error" })
      },
    }
  },
}

/** A literal ARN knows one partition only; src/access/arn.ts builds and parses them for all. */
const noArnLiteral = {
  create(context) {
    const check = (node, text) => {
      if (/arn:aws[a-z-]*:/.test(text))
        context.report({ node, message: "build and parse ARNs with src/access/arn.ts, which knows every partition" })
    }
    return {
      Literal: (node) => void (typeof node.value === "string" && check(node, node.value)),
      TemplateElement: (node) => check(node, node.value.raw),
    }
  },
}

/** The environment is read once, in runtime, and comes in as a value. */
const noAmbientEnv = {
  create(context) {
    return {
      MemberExpression(node) {
        if (isMember(node, "process", "env"))
          context.report({ node, message: "process.env is read in src/runtime only: take the value as a parameter" })
      },
    }
  },
}

export default {
  meta: { name: "dr" },
  rules: {
    "no-ambient-clock": noAmbientClock,
    "no-bare-error": noBareError,
    "no-arn-literal": noArnLiteral,
    "no-ambient-env": noAmbientEnv,
  },
}
