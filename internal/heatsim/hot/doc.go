// Package hot reads Heat Orchestration Templates: it parses them, gives
// parameters their values and resolves the intrinsic functions that
// heatsync's templates use. [Template] is the document, [Scope] what its
// expressions are resolved against. Names, rules and error types are those
// of Heat 19 (Zed). It knows no resource types and no stacks: resources and
// attributes come from the caller's functions. yaql is refused.
package hot
