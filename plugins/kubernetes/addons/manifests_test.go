package addons

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	yamlv3 "go.yaml.in/yaml/v3"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	storagev1 "k8s.io/api/storage/v1"
	"sigs.k8s.io/yaml"
)

// types has a value of each kind that the manifests use, to decode into.
var types = map[string]func() any{
	"v1 ConfigMap":                                     func() any { return &corev1.ConfigMap{} },
	"v1 Namespace":                                     func() any { return &corev1.Namespace{} },
	"v1 Secret":                                        func() any { return &corev1.Secret{} },
	"v1 Service":                                       func() any { return &corev1.Service{} },
	"v1 ServiceAccount":                                func() any { return &corev1.ServiceAccount{} },
	"apps/v1 DaemonSet":                                func() any { return &appsv1.DaemonSet{} },
	"apps/v1 Deployment":                               func() any { return &appsv1.Deployment{} },
	"apps/v1 StatefulSet":                              func() any { return &appsv1.StatefulSet{} },
	"batch/v1 Job":                                     func() any { return &batchv1.Job{} },
	"networking.k8s.io/v1 Ingress":                     func() any { return &networkingv1.Ingress{} },
	"networking.k8s.io/v1 IngressClass":                func() any { return &networkingv1.IngressClass{} },
	"policy/v1 PodDisruptionBudget":                    func() any { return &policyv1.PodDisruptionBudget{} },
	"rbac.authorization.k8s.io/v1 ClusterRole":         func() any { return &rbacv1.ClusterRole{} },
	"rbac.authorization.k8s.io/v1 ClusterRoleBinding":  func() any { return &rbacv1.ClusterRoleBinding{} },
	"rbac.authorization.k8s.io/v1 Role":                func() any { return &rbacv1.Role{} },
	"rbac.authorization.k8s.io/v1 RoleBinding":         func() any { return &rbacv1.RoleBinding{} },
	"storage.k8s.io/v1 CSIDriver":                      func() any { return &storagev1.CSIDriver{} },
	"storage.k8s.io/v1 StorageClass":                   func() any { return &storagev1.StorageClass{} },
	"apiextensions.k8s.io/v1 CustomResourceDefinition": nil, // of modules that nothing else needs
	"apiregistration.k8s.io/v1 APIService":             nil,
	"monitoring.coreos.com/v1 Prometheus":              nil, // custom resources
	"monitoring.coreos.com/v1 PrometheusRule":          nil,
	"monitoring.coreos.com/v1 ServiceMonitor":          nil,
	"snapshot.storage.k8s.io/v1 VolumeSnapshotClass":   nil,
}

// object is one document of a manifest.
type object struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	text []byte
	file string
}

func (o object) key() string {
	return o.APIVersion + " " + o.Kind + " " + o.Metadata.Namespace + "/" + o.Metadata.Name
}

// substitute does what a node does.
func substitute(text string, values map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		text = strings.ReplaceAll(text, "${"+name+"}", values[name])
	}
	return text
}

// applied gives the documents of a selection, in the order of their being applied.
func applied(t *testing.T, files fs.FS, s Selection) []object {
	t.Helper()
	var out []object
	for _, a := range s.Addons {
		names, err := fs.Glob(files, a.Name+"/*.yaml")
		if err != nil || len(names) == 0 {
			t.Fatalf("%s has no manifests: %v", a.Name, err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(files, name)
			if err != nil {
				t.Fatal(err)
			}
			filled := substitute(string(text), a.Values)
			if _, ok := parsed[filled]; !ok {
				parsed[filled] = documents(t, name, filled)
			}
			out = append(out, parsed[filled]...)
		}
	}
	return out
}

// parsed has what each text holds: most selections share most add-ons.
var parsed = map[string][]object{}

func documents(t *testing.T, file, text string) []object {
	t.Helper()
	var out []object
	for in := yamlv3.NewDecoder(strings.NewReader(text)); ; {
		var d map[string]any
		err := in.Decode(&d)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		var o object
		o.file = file
		if o.text, err = yamlv3.Marshal(d); err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(o.text, &o); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out = append(out, o)
	}
}

var placeholder = regexp.MustCompile(`\$\{([A-Z][A-Z0-9_]*)\}`)

// Every placeholder of a manifest has a value in every selection that has the
// add-on, and every value is used.
func TestPlaceholdersAndValuesAgree(t *testing.T) {
	for _, in := range everySelection() {
		s, _ := Select(in)
		for _, a := range s.Addons {
			used := map[string]bool{}
			names, _ := fs.Glob(Manifests(), a.Name+"/*.yaml")
			for _, name := range names {
				text, err := fs.ReadFile(Manifests(), name)
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range placeholder.FindAllStringSubmatch(string(text), -1) {
					used[m[1]] = true
				}
			}
			if diff := cmp.Diff(slices.Sorted(maps.Keys(a.Values)), slices.Sorted(maps.Keys(used))); diff != "" {
				t.Errorf("%s: values (-) and placeholders (+):\n%s", a.Name, diff)
			}
		}
	}
}

// Every document of every selection is an object of a kind we know, with a name
// that no other has, and with no field that its type does not have.
func TestManifestsDecodeStrictly(t *testing.T) {
	for _, in := range everySelection() {
		s, _ := Select(in)
		seen := map[string]string{}
		for _, o := range applied(t, Manifests(), s) {
			kind := o.APIVersion + " " + o.Kind
			into, known := types[kind]
			switch {
			case !known:
				t.Errorf("%s: %s is not a kind we know", o.file, o.key())
			case o.Metadata.Name == "":
				t.Errorf("%s: a %s has no name", o.file, kind)
			case seen[o.key()] != "":
				t.Errorf("%s: %s is in %s as well", o.file, o.key(), seen[o.key()])
			case into != nil:
				if err := yaml.UnmarshalStrict(o.text, into()); err != nil {
					t.Errorf("%s: %s: %v", o.file, o.key(), err)
				}
			}
			seen[o.key()] = o.file
		}
	}
}

// podSpec gives the pods that an object makes.
func podSpec(t *testing.T, o object) *corev1.PodSpec {
	t.Helper()
	var into struct {
		Spec struct {
			Template corev1.PodTemplateSpec `json:"template"`
		} `json:"spec"`
	}
	switch o.Kind {
	case "DaemonSet", "Deployment", "StatefulSet", "Job":
	default:
		return nil
	}
	if err := yaml.Unmarshal(o.text, &into); err != nil {
		t.Fatal(err)
	}
	return &into.Spec.Template.Spec
}

// A pod runs under an account that its own add-on makes, its volumes exist, and
// one of kube-system is evicted last.
func TestPodsAreWhole(t *testing.T) {
	for _, in := range everySelection() {
		s, _ := Select(in)
		objects := applied(t, Manifests(), s)
		made := map[string]string{}
		for _, o := range objects {
			made[o.key()] = path.Dir(o.file)
		}
		for _, o := range objects {
			spec := podSpec(t, o)
			if spec == nil {
				continue
			}
			if made["v1 ServiceAccount "+o.Metadata.Namespace+"/"+spec.ServiceAccountName] != path.Dir(o.file) {
				t.Errorf("%s: the account %q of %s is not made here", o.file, spec.ServiceAccountName, o.key())
			}
			if o.Metadata.Namespace == "kube-system" && o.Kind != "Job" && spec.PriorityClassName == "" {
				t.Errorf("%s: %s has no priority class", o.file, o.key())
			}
			volumes := map[string]bool{}
			for _, v := range spec.Volumes {
				volumes[v.Name] = true
			}
			mounted := map[string]bool{}
			for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
				if strings.ContainsAny(c.Image, "${} ") || !strings.Contains(path.Base(c.Image), ":") {
					t.Errorf("%s: %s: the image %q", o.file, o.key(), c.Image)
				}
				for _, m := range c.VolumeMounts {
					mounted[m.Name] = true
				}
			}
			if diff := cmp.Diff(volumes, mounted); diff != "" {
				t.Errorf("%s: %s: volumes (-) and mounts (+):\n%s", o.file, o.key(), diff)
			}
		}
	}
}

// A namespace comes before what lies in it, in the order of being applied.
func TestNamespacesComeFirst(t *testing.T) {
	for _, in := range everySelection() {
		s, _ := Select(in)
		there := map[string]bool{"": true, "default": true, "kube-system": true}
		for _, o := range applied(t, Manifests(), s) {
			if !there[o.Metadata.Namespace] {
				t.Errorf("%s: %s comes before its namespace", o.file, o.key())
			}
			if o.Kind == "Namespace" {
				there[o.Metadata.Name] = true
			}
		}
	}
}

// Nobody but the job that applies people's own manifest may do everything.
func TestRightsAreSmall(t *testing.T) {
	for _, in := range everySelection() {
		s, _ := Select(in)
		for _, o := range applied(t, Manifests(), s) {
			if path.Dir(o.file) == "post-install" {
				continue
			}
			if o.Kind == "ClusterRoleBinding" && bytes.Contains(o.text, []byte("cluster-admin")) {
				t.Errorf("%s: %s binds cluster-admin", o.file, o.key())
			}
			if o.Kind != "ClusterRole" && o.Kind != "Role" {
				continue
			}
			var role rbacv1.ClusterRole
			if err := yaml.Unmarshal(o.text, &role); err != nil {
				t.Fatal(err)
			}
			for _, r := range role.Rules {
				if slices.Contains(r.Verbs, "*") || slices.Contains(r.Resources, "*") && !slices.Equal(r.APIGroups, []string{"custom.metrics.k8s.io"}) {
					t.Errorf("%s: %s allows %v of %v", o.file, o.key(), r.Verbs, r.Resources)
				}
			}
		}
	}
}

func TestEveryFolderIsAnAddon(t *testing.T) {
	entries, err := fs.ReadDir(Manifests(), ".")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(Names())), got); diff != "" {
		t.Error(diff)
	}
}

// flanneld opens /dev/net/tun with the backend udp, for which it has to be
// privileged; with the others it is not.
func TestFlannelIsPrivilegedForUDPAlone(t *testing.T) {
	for _, backend := range presets()["flannel_backend"].Allowed {
		s, _ := Select(input(map[string]string{"flannel_backend": backend}))
		for _, o := range applied(t, Manifests(), s) {
			spec := podSpec(t, o)
			if spec == nil || o.Metadata.Name != "kube-flannel-ds" {
				continue
			}
			may := spec.Containers[0].SecurityContext
			if privileged := may.Privileged != nil && *may.Privileged; privileged != (backend == "udp") {
				t.Errorf("%s: flanneld is privileged: %v", backend, privileged)
			}
			if backend != "udp" && !slices.Equal(may.Capabilities.Add, []corev1.Capability{"NET_ADMIN", "NET_RAW"}) {
				t.Errorf("%s: flanneld has %v", backend, may.Capabilities.Add)
			}
		}
	}
}

// A job that fetches a manifest through a proxy is told of it as kubectl reads it.
func TestTheProxyIsTheJobsEnvironment(t *testing.T) {
	in := input(map[string]string{"post_install_manifest_url": "https://example.org/x"})
	for _, want := range [][]corev1.EnvVar{
		nil,
		{{Name: "HTTP_PROXY", Value: `http://proxy.test:3128/?a="b"&c`}, {Name: "NO_PROXY", Value: "10.254.0.0/16,.test"}},
	} {
		in.HTTPProxy, in.NoProxy = "", "10.254.0.0/16,.test"
		if len(want) > 0 {
			in.HTTPProxy = want[0].Value
		}
		s, _ := Select(in)
		for _, o := range applied(t, Manifests(), s) {
			if o.Kind != "Job" {
				continue
			}
			if diff := cmp.Diff(want, podSpec(t, o).Containers[0].Env, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		}
	}
}

// The mirror's list has every image that any selection runs.
func TestImagesAreAllThatRun(t *testing.T) {
	list := Images(input(nil))
	for _, in := range everySelection() {
		s, _ := Select(in)
		for _, a := range s.Addons {
			for name, value := range a.Values {
				if strings.HasSuffix(name, "_IMAGE") && !slices.Contains(list, value) {
					t.Errorf("%s is not in the list", value)
				}
			}
		}
	}
}

// Below a prefix images lie flat, so no two may share the last part of their path.
func TestImagesDoNotMeetBelowAPrefix(t *testing.T) {
	seen := map[string]string{}
	for _, image := range Images(input(nil)) {
		repository, _, _ := strings.Cut(path.Base(image), ":")
		if seen[repository] != "" {
			t.Errorf("%s and %s are one below a prefix", seen[repository], image)
		}
		seen[repository] = image
	}
}

// A value that people write ends up as text, not as more YAML.
func TestValuesStayText(t *testing.T) {
	in := input(map[string]string{
		"monitoring_enabled": "true", "grafana_admin_passwd": "a\"b: {c}\n- ${POD_CIDR}",
		"post_install_manifest_url": `https://example.org/x?a="b"&c=[d]#{e}`,
	})
	s, _ := Select(in)
	for _, o := range applied(t, Manifests(), s) {
		if o.Kind == "Job" {
			command := podSpec(t, o).Containers[0].Command
			if got := command[len(command)-1]; got != in.Labels["post_install_manifest_url"] {
				t.Errorf("the URL became %s", got)
			}
		}
		if o.Kind == "Secret" && o.Metadata.Name == "grafana" {
			var secret corev1.Secret
			if err := yaml.Unmarshal(o.text, &secret); err != nil || string(secret.Data["password"]) != in.Labels["grafana_admin_passwd"] {
				t.Errorf("the password became %q, %v", secret.Data["password"], err)
			}
		}
	}
}
