// Package openstack reaches one project of one OpenStack cloud: gophercloud on
// one side, heatsync's own types on the other.
//
// The central types are [Cloud], a session with Keystone that renews its token,
// knows the catalogue and holds every request to Heat within a rate, and
// [Reader], which reads from Heat what the engine asks for: the lanes, a look at
// one name, the parts of a stack. All requests go through package heat.
//
// It refuses to decide anything: rows and faults go out as they are. It refuses
// an insecure connection unless it is told to, asks no service for its versions,
// keeps no token on disk, and lets no secret into an error.
package openstack
