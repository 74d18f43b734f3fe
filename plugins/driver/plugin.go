package driver

import (
	"context"
	"errors"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	pb "github.com/heatsync/heatsync/plugins/driverpb"
)

const (
	// ProtocolVersion is the major of the contract that this package speaks.
	ProtocolVersion = 1

	// PluginName is the name under which go-plugin dispenses the client.
	PluginName = "driver"

	// FilePrefix begins the file name of every driver; what follows it is the
	// driver's name.
	FilePrefix = "heatsync-driver-"

	// MaxMessageBytes bounds a message either way.
	MaxMessageBytes = 16 << 20
)

// Handshake tells a program that it was started as a driver. It protects
// nothing: AutoMTLS does.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{
		MagicCookieKey:   "HEATSYNC_DRIVER",
		MagicCookieValue: "a1c31f2e-started-by-heatsync",
	}
}

// ClientPlugins is what a go-plugin host dispenses: for each major this package
// speaks, a *[Client] under [PluginName].
func ClientPlugins() map[int]plugin.PluginSet {
	return map[int]plugin.PluginSet{ProtocolVersion: {PluginName: grpcPlugin{}}}
}

// DialOptions hold a go-plugin client to the limits of the contract.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{grpc.WithDefaultCallOptions(
		grpc.MaxCallRecvMsgSize(MaxMessageBytes), grpc.MaxCallSendMsgSize(MaxMessageBytes))}
}

// grpcPlugin is both halves; a client has no service.
type grpcPlugin struct {
	plugin.NetRPCUnsupportedPlugin
	service *service
}

var _ plugin.GRPCPlugin = grpcPlugin{}

func (p grpcPlugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	if p.service == nil {
		return errors.New("a client's plugin set serves nothing")
	}
	pb.RegisterDriverServiceServer(s, p.service)
	return nil
}

func (grpcPlugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return NewClient(conn), nil
}
