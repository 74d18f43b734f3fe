package driverhost

import (
	"bytes"
	"debug/elf"
	"debug/macho"
	"encoding/binary"
	"fmt"
	"runtime"
)

var elfMachines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

// checkProgram reads the first bytes of a file and says why this system could not
// run it: the kernel's own words would be "exec format error". What it does not
// know it lets pass.
func checkProgram(head []byte) (Reason, string) {
	system := runtime.GOOS + "/" + runtime.GOARCH
	switch {
	case bytes.HasPrefix(head, []byte("#!")):
		return "", ""
	case bytes.HasPrefix(head, []byte(elf.ELFMAG)) && len(head) >= 20:
		if runtime.GOOS != "linux" {
			return WrongArch, "is a program for Linux, this is " + system
		}
		machine := elf.Machine(binary.LittleEndian.Uint16(head[18:20]))
		if want, ok := elfMachines[runtime.GOARCH]; ok && machine != want {
			return WrongArch, fmt.Sprintf("is a program for the processor %s, this is %s", machine, system)
		}
		return "", ""
	case len(head) >= 4 && isMachO(head):
		if runtime.GOOS != "darwin" {
			return WrongArch, "is a program for macOS, this is " + system
		}
		return "", ""
	default:
		return NotProgram, "is no program"
	}
}

func isMachO(head []byte) bool {
	magic := binary.LittleEndian.Uint32(head)
	return magic == macho.Magic64 || magic == macho.Magic32 || binary.BigEndian.Uint32(head) == macho.MagicFat
}
