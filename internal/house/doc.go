// Package house holds nothing but tests of the project as a whole: who may
// import whom, what the pure core may not touch, that every package says what it
// is for, and that what the pages tell people to type exists. The rules are
// those of the design; each is proved on made-up trees that break it.
//
// It refuses to hold code that a program could import.
package house
