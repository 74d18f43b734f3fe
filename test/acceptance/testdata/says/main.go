// Command says is a program that is no driver: it says something and ends.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("hello")
	os.Exit(3)
}
