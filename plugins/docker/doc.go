// Package docker is the sample driver, and the one to read first: a cluster of
// COE "docker" is one or more servers that run Docker on a stock Ubuntu or
// Debian image, each with a port, a floating IP and a volume of its own, behind
// one security group on one network.
//
// docker.yaml is the root stack and server.yaml what each server is made of.
// The package says what the settings mean ([Driver.Describe]) and turns a
// cluster into the parameters of the two templates ([Driver.Render]); the
// digest, the plan and the writes are heatstack's. It knows nothing of requests.
//
// Docker's own port stays closed: it has no authentication without certificates.
// Clients come in over ssh, which [Driver.GetAccess] tells them.
package docker
