package boot

import (
	"maps"
	"slices"
	"strings"
)

// arg is a flag of a Kubernetes program, as kubeadm's v1beta4 documents name it.
type arg struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// parseOptions reads a command line's flags: --a=b, --a b, --a, with quotes as a
// shell has them. A flag without a value is true.
func parseOptions(field, text string) ([]arg, error) {
	words, err := splitWords(field, text)
	if err != nil {
		return nil, err
	}
	var args []arg
	for i := 0; i < len(words); i++ {
		name, value, given := strings.Cut(words[i], "=")
		name, long := strings.CutPrefix(name, "--")
		if !long || name == "" || strings.HasPrefix(name, "-") {
			return nil, fault(field, "%q is not a flag: --name=value is", words[i])
		}
		if !given {
			value = "true"
			if i+1 < len(words) && !strings.HasPrefix(words[i+1], "-") {
				i++
				value = words[i]
			}
		}
		args = append(args, arg{name, value})
	}
	return args, nil
}

// splitWords cuts text at white space outside of quotes.
func splitWords(field, text string) ([]string, error) {
	var (
		words  []string
		word   strings.Builder
		inWord bool
		quote  rune
	)
	for _, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			} else {
				word.WriteRune(r)
			}
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == ' ' || r == '\t' || r == '\n':
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if quote != 0 {
		return nil, fault(field, "%q opens a quote and does not close it", text)
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}

// ownKubeletFlags are the driver's, with what they hold. A second --node-labels would
// take the place of the first, and what tells nodes apart would be gone.
var ownKubeletFlags = map[string]string{
	"node-labels":       "it holds the labels by which nodes are told apart",
	"node-ip":           "it holds the address of the cluster's network",
	"hostname-override": "it holds the server's name",
	"provider-id":       "it holds the server's id",
	"cloud-provider":    "it is what cloud_provider_enabled says",
}

// KubeletFlags gives the names of the flags among options of kubelet, in their order;
// none where the options cannot be read, which is a fault of their own.
func KubeletFlags(options string) []string {
	args, err := parseOptions("KubeletOptions", options)
	if err != nil {
		return nil
	}
	var names []string
	for _, a := range args {
		names = append(names, a.Name)
	}
	return names
}

// KubeletFault is why a flag cannot stand among the options of kubelet, "" for one
// that can.
func KubeletFault(flag string) string {
	what, own := ownKubeletFlags[flag]
	if !own {
		return ""
	}
	return "kubelet's --" + flag + " is the driver's: " + what
}

// override is ours and then theirs, without those of ours that theirs name too.
func override(ours, theirs []arg) []arg {
	kept := slices.DeleteFunc(slices.Clone(ours), func(a arg) bool {
		return slices.ContainsFunc(theirs, func(b arg) bool { return a.Name == b.Name })
	})
	return append(kept, theirs...)
}

// parseGates reads Name=true,Other=false.
func parseGates(text string) (map[string]bool, error) {
	gates := map[string]bool{}
	for _, entry := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		name, value, _ := strings.Cut(entry, "=")
		switch {
		case name != "" && strings.EqualFold(value, "true"):
			gates[name] = true
		case name != "" && strings.EqualFold(value, "false"):
			gates[name] = false
		default:
			return nil, fault("FeatureGates", "%q is not Name=true or Name=false", entry)
		}
	}
	return gates, nil
}

// gateArgs is what the programs without a document of their own are told of gates.
func gateArgs(gates map[string]bool) []arg {
	var entries []string
	for _, name := range slices.Sorted(maps.Keys(gates)) {
		if gates[name] {
			entries = append(entries, name+"=true")
		} else {
			entries = append(entries, name+"=false")
		}
	}
	if len(entries) == 0 {
		return nil
	}
	return []arg{{"feature-gates", strings.Join(entries, ",")}}
}
