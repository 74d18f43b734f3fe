// Command silent is a program that is no driver: it never says anything.
package main

import "time"

func main() { time.Sleep(1000 * time.Second) }
