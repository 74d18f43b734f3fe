package metrics

import (
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/heatsync/heatsync/internal/version"
	"github.com/heatsync/heatsync/reconcile"
)

// Buckets suit answers of APIs and drivers; slowBuckets what a person waits for.
var (
	buckets     = []float64{.005, .025, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 180}
	slowBuckets = []float64{1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21600, 86400}
)

// Metrics counts what happens between scrapes. It is safe for concurrent use.
type Metrics struct {
	drift *driftTimes

	configGood, configTime prometheus.Gauge
	findings, steps        *prometheus.CounterVec
	stepTime, converge     *prometheus.HistogramVec
	requests               *prometheus.CounterVec
	requestTime            *prometheus.HistogramVec
	driverTime             *prometheus.HistogramVec
	driverRestarts         *prometheus.CounterVec
}

// New registers all metrics. The source is asked at each scrape; nil leaves out
// what it would tell.
func New(r prometheus.Registerer, source Source) (*Metrics, error) {
	m := &Metrics{
		drift:      newDriftTimes(),
		configGood: gauge(configGood), configTime: gauge(configTime),
		findings: counter(findings), steps: counter(steps),
		stepTime: histogram(stepTime, buckets), converge: histogram(converge, slowBuckets),
		requests: counter(requests), requestTime: histogram(requestTime, buckets),
		driverTime: histogram(driverTime, buckets), driverRestarts: counter(driverRestarts),
	}
	build := gauge(buildInfo, version.String(), runtime.Version())
	build.Set(1)
	for _, c := range []prometheus.Collector{
		m.configGood, m.configTime, m.findings, m.steps, m.stepTime, m.converge,
		m.requests, m.requestTime, m.driverTime, m.driverRestarts, build,
	} {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	if source == nil {
		return m, nil
	}
	return m, r.Register(&collector{source: source, drift: m.drift})
}

func gauge(e *Entry, values ...string) prometheus.Gauge {
	labels := prometheus.Labels{}
	for i, v := range values {
		labels[e.Labels[i]] = v
	}
	return prometheus.NewGauge(prometheus.GaugeOpts{Name: e.Name, Help: e.Help, ConstLabels: labels})
}

func counter(e *Entry) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: e.Name, Help: e.Help}, e.Labels)
}

func histogram(e *Entry, buckets []float64) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: e.Name, Help: e.Help, Buckets: buckets}, e.Labels)
}

// ConfigRead notes that the config file was read and taken into use.
func (m *Metrics) ConfigRead(at time.Time) {
	m.configGood.Set(1)
	m.configTime.Set(seconds(at))
}

// ConfigRefused notes that the config file on disk is not the one in use.
func (m *Metrics) ConfigRefused() { m.configGood.Set(0) }

// Found counts a finding.
func (m *Metrics) Found(fleet string, f reconcile.Finding) {
	m.findings.WithLabelValues(fleet, string(f.Kind)).Inc()
	switch {
	case f.Kind == reconcile.FoundStepEnded && f.Verdict == "":
		m.converge.WithLabelValues(fleet).Observe(f.Took.Seconds())
	case f.Kind == reconcile.FoundStepEnded:
		action := ""
		if f.Step != nil {
			action = string(f.Step.Kind)
		}
		m.steps.WithLabelValues(fleet, action, string(f.Verdict)).Inc()
		if f.Took > 0 {
			m.stepTime.WithLabelValues(fleet, action).Observe(f.Took.Seconds())
		}
	case f.Kind == reconcile.FoundDrift:
		m.drift.seen(fleet, f.Cluster, f.Time)
	}
}

// Request counts a request to the cloud; code 0 had no answer.
func (m *Metrics) Request(fleet, service, method string, code int, took time.Duration) {
	m.requests.WithLabelValues(fleet, service, method, strconv.Itoa(code)).Inc()
	m.requestTime.WithLabelValues(fleet, service, method).Observe(took.Seconds())
}

// DriverCall times a call to a driver; code is "ok" or one of a closed set of
// reasons.
func (m *Metrics) DriverCall(driver, call, code string, took time.Duration) {
	m.driverTime.WithLabelValues(driver, call, code).Observe(took.Seconds())
}

// DriverRestart counts that a driver is started again.
func (m *Metrics) DriverRestart(driver, reason string) {
	m.driverRestarts.WithLabelValues(driver, reason).Inc()
}

// ForgetFleet drops the series of a fleet that has left the config.
func (m *Metrics) ForgetFleet(fleet string) {
	labels := prometheus.Labels{"fleet": fleet}
	m.findings.DeletePartialMatch(labels)
	m.steps.DeletePartialMatch(labels)
	m.stepTime.DeletePartialMatch(labels)
	m.converge.DeletePartialMatch(labels)
	m.requests.DeletePartialMatch(labels)
	m.requestTime.DeletePartialMatch(labels)
	m.drift.forget(fleet)
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
