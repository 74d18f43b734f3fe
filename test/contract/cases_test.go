package contract

import "testing"

// cases are the contract. Each is a few seconds on a real Heat.
var cases = []struct {
	name string
	run  func(t *testing.T, c *cloud)
}{
	{"create answers 201 with the canonical URL", createAnswer},
	{"create refuses what is wrong", createRefusals},
	{"create of a taken name is 409, letter case aside", createTaken},
	{"create with a restricted application credential is 500", createRestricted},
	{"create that fails says which resource", createFails},
	{"create with rollback leaves an empty ROLLBACK_COMPLETE", createRollsBack},
	{"names are checked", stackNames},
	{"tags are kept as sent, up to 80 characters", tagRules},
	{"a body over 1 MiB is 400", bodyLimit},
	{"two projects do not see each other", projectsApart},
	{"a token is needed and must fit the project", tokenNeeded},
	{"application credentials", credentials},
	{"a request is judged by its own token", ownToken},

	{"list entry has these fields", listFields},
	{"list pages by limit and marker", listPages},
	{"list and show agree", listAgreesWithShow},
	{"list filters", listFilters},
	{"list with tags and one filter is 500", listTagTrap},
	{"list loses stacks that were never updated", listNullLoss},
	{"list refuses odd booleans and limits", listRefusals},

	{"lookups redirect to the canonical URL", lookups},
	{"name and id must match", nameAndID},
	{"show has these fields", showFields},
	{"hidden parameters are masked", hiddenMasked},
	{"parameters are shown as strings", shownParameters},
	{"template, files and environment come back", parts},
	{"outputs", outputs},
	{"functions", functions},
	{"numbers and booleans cannot be joined", badJoin},

	{"PUT replaces, and erases tags", putReplaces},
	{"PATCH merges, and keeps tags and files", patchMerges},
	{"PATCH drops unknown parameters, PUT refuses them", unknownParameters},
	{"an empty PATCH runs again", emptyPatch},
	{"immutable parameters", immutable},
	{"updated_time is the time of the request", updatedTime},
	{"202 bodies follow Accept", acceptedBodies},
	{"a failed update is repaired by the next", updateRepairs},
	{"a rollback keeps the new tags", rollbackTags},
	{"an update supersedes another", supersede},
	{"what replaces and what changes in place", replacement},

	{"delete", deletes},
	{"check overwrites the status", checkLaunders},
	{"suspend refuses updates", suspend},
	{"actions want one known key", actionKeys},
	{"cancel_update outside an update is 400", cancelRules},
	{"create preview", createPreview},
	{"update preview", updatePreview},
	{"validate", validate},

	{"resources", resources},
	{"an unhealthy resource is replaced", unhealthy},
	{"events", events},
	{"nested templates", nested},
	{"nesting deeper than five is 500", tooDeep},
	{"an update cancels nested stacks in creation", nestedCancelled},
	{"groups: members, removal, replacement", groupRemoval},
	{"groups: attributes", groupAttributes},
	{"wait conditions take signals", waitSignals},
	{"wait conditions fail on a failure signal", waitFailure},
	{"a hidden value in a config below the root", softwareConfigs},

	{"neutron and nova", computeStack},
	{"neutron and nova: what replaces", computeReplacement},
}
