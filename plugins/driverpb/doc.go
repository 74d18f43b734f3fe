// Package driverpb is the wire of the driver contract, heatsync.driver.v1:
// code generated from driver.proto beside it (`make generate`) and nothing else.
//
// Driver authors use package driver, which translates to and from these types.
// The .proto is held against a committed baseline by `buf breaking`.
package driverpb
