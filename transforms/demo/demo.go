// Package demo makes a company that does not exist: exports of eleven systems in their true
// layouts, with Chinese and Western customers, and the truth beside them. How hard it is, is
// fixed (docs/demo.md): the demo is what entity resolution and value models are measured on.
//
// Entities come in blocks of fifty that follow from seed and number alone. Blocks are made in
// parallel and written in order, so the bytes do not depend on the number of workers, and
// memory does not depend on the number of customers.
package demo

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

// DefaultAsOf is the last day that exports show unless another one is asked for: a fixed one,
// so that the demo has the same bytes on any day.
const DefaultAsOf = "2026-09-30"

// Params say which company is made.
type Params struct {
	Customers int    // persons and organizations, 1 to MostCustomers; each has about 2.5 records
	Seed      int64  // same seed, same bytes
	AsOf      string // last day of the exports, YYYY-MM-DD
	Workers   int    // goroutines; 0 = one for each processor; no influence on the bytes
}

// File is one written file.
type File struct {
	Path  string // below the company's folder
	Rows  int64  // without the header
	Bytes int64
}

// Validate tells what is wrong with the parameters.
func (p *Params) Validate() error {
	if p.Customers < 1 || p.Customers > MostCustomers {
		return fmt.Errorf("%d customers: from 1 to %d are possible", p.Customers, MostCustomers)
	}
	day, err := time.Parse(time.DateOnly, p.AsOf)
	if err != nil {
		return fmt.Errorf("as-of %q is not a date (expected YYYY-MM-DD)", p.AsOf)
	}
	if day.Year() < 1990 || day.Year() > 2100 {
		return fmt.Errorf("as-of %s: a year from 1990 to 2100 is expected", p.AsOf)
	}
	return nil
}

func (p *Params) asOfDay() int {
	day, err := time.Parse(time.DateOnly, p.AsOf)
	if err != nil {
		panic(err) // Validate comes first
	}
	return int(day.Unix() / secondsPerDay)
}

// blocksPerChunk blocks are made and written at a time: about 2 MB.
const blocksPerChunk = 8

// Write makes the company below a folder and lists its files.
func Write(folder string, p Params) ([]File, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	w := newWorld(p)
	out := newOutput(folder, &w.files)
	total := effect{}
	err := w.each(p.Workers, func(c *chunk) error {
		total.add(c.effect)
		return out.write(c)
	})
	if err == nil {
		err = out.close()
	} else {
		out.abandon()
	}
	if err != nil {
		return nil, err
	}
	if err := out.extras(w, p, total); err != nil {
		return nil, err
	}
	return out.files, nil
}

// each makes all chunks and hands them over in order. A chunk is used again afterwards.
func (w *world) each(workers int, use func(*chunk) error) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	blocks := (w.customers + blockSize - 1) / blockSize
	chunks := (blocks + blocksPerChunk - 1) / blocksPerChunk
	workers = min(workers, chunks)
	type job struct {
		number int
		chunk  *chunk
		done   chan struct{}
	}
	jobs := make(chan *job, workers)
	queue := make(chan *job, workers) // in order; its length bounds what is in flight
	free := make(chan *chunk, 2*workers+2)
	for range cap(free) {
		free <- w.newChunk()
	}
	stop := make(chan struct{})
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for j := range jobs {
				w.fill(j.chunk, j.number, blocks)
				close(j.done)
			}
		})
	}
	running.Go(func() {
		defer close(jobs)
		defer close(queue)
		for number := range chunks {
			var c *chunk
			select {
			case c = <-free:
			case <-stop:
				return
			}
			j := &job{number, c, make(chan struct{})}
			select {
			case queue <- j:
			case <-stop:
				return
			}
			jobs <- j
		}
	})
	var err error
	for j := range queue {
		<-j.done
		if err == nil {
			if err = use(j.chunk); err != nil {
				close(stop)
			}
		}
		j.chunk.reset()
		free <- j.chunk
	}
	running.Wait()
	return err
}

func (w *world) fill(c *chunk, number, blocks int) {
	if number == 0 {
		c.once()
	}
	for b := number * blocksPerChunk; b < min((number+1)*blocksPerChunk, blocks); b++ {
		c.entities(b)
	}
	for i := range c.buffers {
		if w.files.list[i].gbk && len(c.buffers[i]) > 0 {
			c.encoded = appendGBK(c.encoded[:0], c.buffers[i])
			c.buffers[i], c.encoded = c.encoded, c.buffers[i]
		}
	}
}
