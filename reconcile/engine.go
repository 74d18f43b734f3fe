package reconcile

// Output is what the engine answers an event with, in a fixed order.
type Output struct {
	Commands []Command
	Findings []Finding
}
