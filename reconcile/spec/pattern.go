package spec

// The longest names that still fit into a stack's name, tag and servers' names.
const (
	maxFleetName   = 20
	maxClusterName = 32
	maxGroupName   = 16
)

const nameExpr = `[a-z]([a-z0-9]*(-[a-z0-9]+)*)?`

var (
	namePattern   = newPattern("lower-case letters, digits and single dashes, beginning with a letter", `^`+nameExpr+`$`)
	wordPattern   = newPattern("a lower-case word of letters, digits, dots, dashes and underscores", `^[a-z][a-z0-9]*([._-][a-z0-9]+)*$`)
	plainPattern  = newPattern("text of one line, with no space at its ends", `^[^\x00-\x20\x7f]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?$`)
	listPattern   = newPattern("a comma-separated list without spaces", `^[^\x00-\x20\x7f,]+(,[^\x00-\x20\x7f,]+)*$`)
	oneWord       = newPattern("text without spaces", `^[^\x00-\x20\x7f]+$`)
	labelKey      = newPattern("a label's name: letters, digits, dots, dashes and underscores", `^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$`)
	ipv4Pattern   = newPattern("one or more IPv4 addresses, separated by commas", `^`+ipv4Expr+`(, ?`+ipv4Expr+`)*$`)
	proxyPattern  = newPattern("a URL with a port, like http://proxy.example.org:3128, with no user or password", `^https?://([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]):`+portExpr+`/?$`)
	timePattern   = newPattern("whole minutes of at least one, like 60m or 1h30m", `^([1-9][0-9]{0,2}h([0-5]?[0-9]m)?|[1-9][0-9]{0,4}m)(0s)?$`)
	urlPattern    = newPattern("an http or https URL", `^https?://[^\x00-\x20\x7f]+$`)
	reservedGroup = newPattern("is taken: the cluster's own groups are default-master and default-worker", `^(master|default(-.*)?)$`)
	reservedRole  = newPattern("is taken: the masters are the cluster's masterCount", `^master$`)
	nodePattern   = newPattern("a node's name or its server's id", `^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)
	stackPattern  = newPattern("a stack's name or id", `^[A-Za-z0-9][A-Za-z0-9_.-]*$`)
	nodeLabelKey  = newPattern("a Kubernetes label key: an optional DNS prefix with a slash, then at most 63 letters, digits, dots, dashes and underscores", `^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$`)
	nodeLabelText = newPattern("a Kubernetes label value: at most 63 letters, digits, dots, dashes and underscores, or nothing", `^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$`)
)

const (
	octetExpr = `(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])`
	portExpr  = `(6553[0-5]|655[0-2][0-9]|65[0-4][0-9][0-9]|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})`
	ipv4Expr  = octetExpr + `(\.` + octetExpr + `){3}`
)
