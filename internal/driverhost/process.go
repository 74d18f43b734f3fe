package driverhost

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// process is a driver's program: its own process group, stdin as the lifeline,
// stdout and stderr read by us to the end.
type process struct {
	cmd      *exec.Cmd
	pid      int
	lifeline *os.File
	hang     sync.Once     // closes the lifeline
	mu       sync.Mutex    // signals
	retired  bool          // its number may be somebody else's by now
	exited   chan struct{} // closed when it has ended and its output is read
	ending   string        // after exited: "exit status 2", "signal: killed"
}

// outputGrace is how long we read on after the program's end: what it left in the
// pipes, not what a child that outlives it may still write.
const outputGrace = 200 * time.Millisecond

// startProcess runs the program; out and err get its output, each from one
// goroutine, and must not block.
func startProcess(e *executable, env []string, out, err io.Writer) (*process, error) {
	var pipes [6]*os.File // read and write end of stdin, stdout, stderr
	for i := 0; i < len(pipes); i += 2 {
		r, w, pipeErr := os.Pipe()
		if pipeErr != nil {
			closeAll(pipes[:]...)
			return nil, pipeErr
		}
		pipes[i], pipes[i+1] = r, w
	}
	cmd := &exec.Cmd{
		Path: e.path, Args: []string{e.name}, Env: env, Dir: "/",
		Stdin: pipes[0], Stdout: pipes[3], Stderr: pipes[5],
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true},
	}
	if startErr := cmd.Start(); startErr != nil {
		closeAll(pipes[:]...)
		return nil, startErr
	}
	closeAll(pipes[0], pipes[3], pipes[5])
	p := &process{cmd: cmd, pid: cmd.Process.Pid, lifeline: pipes[1], exited: make(chan struct{})}
	go p.attend(output{pipes[2], out}, output{pipes[4], err})
	return p, nil
}

type output struct {
	from *os.File
	to   io.Writer
}

// pipeBytes is how much a pipe holds.
const pipeBytes = 64 << 10

// rest takes what is in the pipe and waits for no more: on a busy machine the
// grace can be over before it was read.
func (o output) rest() {
	raw, err := o.from.SyscallConn()
	if err != nil {
		return
	}
	left, n := make([]byte, pipeBytes), 0
	_ = raw.Control(func(fd uintptr) { n, _ = syscall.Read(int(fd), left) })
	if n > 0 {
		_, _ = o.to.Write(left[:n])
	}
}

// attend reads the output and reaps the program. What is left of its group dies
// with it.
func (p *process) attend(outputs ...output) {
	var reading sync.WaitGroup
	for _, o := range outputs {
		reading.Go(func() { _, _ = io.Copy(o.to, o.from) })
	}
	if awaitEnd(p.pid) {
		p.retire() // before it is reaped: nobody else has its number yet
	}
	p.ending = ending(p.cmd.Wait())
	p.retire()
	for _, o := range outputs {
		_ = o.from.SetReadDeadline(time.Now().Add(outputGrace))
	}
	reading.Wait()
	for _, o := range outputs {
		o.rest()
		_ = o.from.Close()
		if l, ok := o.to.(interface{ end() }); ok {
			l.end()
		}
	}
	p.hangUp()
	close(p.exited)
}

func ending(err error) string {
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return exit.ProcessState.String()
	}
	if err != nil {
		return err.Error()
	}
	return "exit status 0"
}

// hangUp closes the lifeline: the driver is to end by itself.
func (p *process) hangUp() { p.hang.Do(func() { _ = p.lifeline.Close() }) }

// signal reaches the whole group.
func (p *process) signal(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.retired {
		_ = syscall.Kill(-p.pid, s)
	}
}

// retire kills what is left of the group, and after that signals nobody.
func (p *process) retire() {
	p.signal(syscall.SIGKILL)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.retired = true
}

func (p *process) gone() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// wait tells whether it has ended within d.
func (p *process) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.exited:
		return true
	case <-timer.C:
		return p.gone()
	}
}

func closeAll(files ...*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close()
		}
	}
}
