package boot

// node is what a node boots, before it is put into one of the two forms.
type node struct {
	files []file
	units []unit
}

// file is written before anything runs.
type file struct {
	path   string
	mode   int
	text   string
	secret string // a placeholder: Heat puts the base64 of the content in its place
	packed bool   // the script, which is long: compressed, see packedScript
}

// unit is one of systemd's.
type unit struct {
	name   string
	text   string // "" for one that the system brings
	enable bool
	mask   bool
}

// where programs go: the systems' /usr is read only, and of /usr/local only
// Flatcar's is too.
func (s System) bin() string {
	if s == Flatcar {
		return "/opt/bin"
	}
	return "/usr/local/bin"
}

func (s System) fedora() bool { return s == FedoraCoreOS || s == FedoraAtomic }

// node gathers the files, in the order of the rooms they come from.
func (s Settings) node() (node, error) {
	var n node
	documents, err := s.documents()
	if err != nil {
		return n, err
	}
	selection, err := s.addonFiles()
	if err != nil {
		return n, err
	}
	n.files = append(n.files,
		file{path: "/etc/heatsync/node.env", mode: 0o600, text: s.env()},
		file{path: "/etc/heatsync/downloads", mode: 0o644, text: s.downloads()},
	)
	n.files = append(n.files, selection...)
	n.files = append(n.files, s.cloudConf()...)
	n.files = append(n.files, documents...)
	n.files = append(n.files, s.secrets()...)
	n.files = append(n.files, s.system()...)
	n.files = append(n.files, s.containerd()...)
	n.files = append(n.files, file{path: s.System.bin() + "/heatsync-bootstrap", mode: 0o755, text: script, packed: true})
	n.units = s.units()
	return n, nil
}
