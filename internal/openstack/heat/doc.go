// Package heat is the one client of OpenStack Heat's v1 API that heatsync has.
//
// The central types are [Client], one Heat endpoint as one project sees it,
// [Error], an answer of Heat that is not success, and [Fault], what such an
// error means: a code, who must act, and whether a write may have been taken.
// [Classify] is the only place that turns an error into a Fault, and it goes by
// Heat's own error type before the HTTP status.
//
// The client works in two places: in the agent, over a gophercloud session that
// can renew its token ([New]), and in a driver process that was given an
// endpoint and one token ([NewWithToken]). Its calls are thin: one request each
// but for [Client.Inventory], which walks pages.
//
// It refuses to retry, to follow a redirect (a lookup's 302 would turn a PUT
// into a GET), to set a timeout behind the caller's context, to send a body
// Heat would refuse for its size, to send a PUT without tags (Heat erases them),
// and to put a token or a sensitive parameter into an error.
//
// Facts about Heat are for releases 10 (Queens) to 26 (2026.1).
package heat
