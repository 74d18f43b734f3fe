package spec

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func BenchmarkParse(b *testing.B) {
	data, err := os.ReadFile("testdata/fleet/clusters/payments.yaml")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if f := Parse("a.yaml", data); f.Broken {
			b.Fatal(texts(f.Diagnostics))
		}
	}
}

// BenchmarkApplyOneOf10000 changes one cluster's file in a set of ten thousand.
func BenchmarkApplyOneOf10000(b *testing.B) {
	s := NewSet("prod")
	files := []*File{Parse("f.yaml", []byte(aFleet)), Parse("t.yaml", []byte(aTemplate))}
	for i := range 10000 {
		files = append(files, Parse(fmt.Sprintf("%d.yaml", i), []byte(strings.ReplaceAll(aCluster, "payments", fmt.Sprintf("c%d", i)))))
	}
	s.Apply(files, nil)
	text := strings.ReplaceAll(aCluster, "payments", "c5000")
	turn := [2][]*File{{Parse("5000.yaml", []byte(text+"  nodeCount: 2\n"))}, {Parse("5000.yaml", []byte(text))}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if d := s.Apply(turn[i%2], nil); len(d.Clusters) != 1 {
			b.Fatal(d)
		}
	}
}

// BenchmarkFirstApplyOf10000 fills a set, as a start does once its blobs are parsed.
func BenchmarkFirstApplyOf10000(b *testing.B) {
	files := []*File{Parse("f.yaml", []byte(aFleet)), Parse("t.yaml", []byte(aTemplate))}
	for i := range 10000 {
		files = append(files, Parse(fmt.Sprintf("%d.yaml", i), []byte(strings.ReplaceAll(aCluster, "payments", fmt.Sprintf("c%d", i)))))
	}
	b.ReportAllocs()
	for b.Loop() {
		if d := NewSet("prod").Apply(files, nil); len(d.Clusters) != 10000 {
			b.Fatal(len(d.Clusters))
		}
	}
}
