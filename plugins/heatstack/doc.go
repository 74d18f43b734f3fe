// Package heatstack turns a render into a whole driver over Heat: the author
// says which template, files and parameters a cluster means ([Template], which
// gives a [Stack]), and [New] gives the digest, the plan and the writes.
//
// A render is held to Heat's rules before anything is sent: every parameter
// that is sent is declared by the template and the other way round, at every
// level of nesting; template, body and user data stay below Heat's and Nova's
// limits; secrets are declared hidden and never become a resource property
// below the root (Heat shows those in clear).
//
// A plan compares what Heat stores with the render and tells the differences in
// the words of the document, each with what it disturbs. It is pure. A step is
// one request: POST, PUT, PATCH or DELETE, with the complete list of tags, after
// what the plan saw was read again. Nothing is retried here.
//
// The package refuses to decide whether a step should be done, to wait for a
// stack, and to read anything of the live stack into a render.
package heatstack
