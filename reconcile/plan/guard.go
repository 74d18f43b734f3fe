package plan

// Deletions is the deletion guard: asked clusters are asked away and their
// stacks still exist, those being deleted included. It lets all of them go or
// none.
func Deletions(asked, maxDeletes int) bool { return asked <= maxDeletes }

// Creations is the creation guard: pending stacks would be made in the project
// for the first time. It lets all of them be made or none.
func Creations(pending, maxCreates int) bool { return pending <= maxCreates }

// Vanished is the guard over stacks that were there and are gone: with more
// than max(3, 5 % of the settled) missing at once, something other than a
// person with one mistake is at work (a database restored, another cloud behind
// the same address), and none is made again unasked.
func Vanished(vanished, settled int) bool { return vanished <= max(3, (settled+vanished)/20) }
