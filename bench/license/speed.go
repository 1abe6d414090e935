package main

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/json"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/tributary-oss/tributary/internal/license/detect"
)

// What a child process may be asked to measure.
const (
	taskStart = "start" // one small file: the cost of starting
	taskCold  = "cold"  // every file of a tree, each content for the first time
	taskWarm  = "warm"  // the same again, with what was found kept by content
	taskCurve = "curve" // texts of growing size
)

// speed measures each engine in processes of its own, on one core, and prints
// the table: the CPU time of the search alone for MB/s (the start not counted), that of a
// whole process with one small file for the start, the largest resident set for memory.
func speed(tree, names string, runs int) error {
	fmt.Printf("| engine | MB | MB/s a core, cold | warm | start-up, CPU ms | peak MiB |\n|---|---|---|---|---|---|\n")
	for name := range strings.SplitSeq(names, ",") {
		start, err := best(runs, name, taskStart, tree)
		if err != nil {
			return err
		}
		cold, err := best(runs, name, taskCold, tree)
		if err != nil {
			return err
		}
		warm := "-"
		if name == "tributary" {
			w, err := best(runs, name, taskWarm, tree)
			if err != nil {
				return err
			}
			warm = fmt.Sprintf("%.0f", w.rate())
		}
		fmt.Printf("| %s | %.1f | %.1f | %s | %.0f | %.0f |\n", name, cold.Megabytes, cold.rate(), warm, start.process*1000, cold.peak)
	}
	fmt.Println()
	for name := range strings.SplitSeq(names, ",") {
		if err := child(name, taskCurve, tree, os.Stdout); err != nil {
			return err
		}
	}
	return nil
}

// measured is what a child reports, and what its end tells.
type measured struct {
	Megabytes, Seconds float64
	process            float64 // CPU seconds of the whole process
	peak               float64 // MiB
}

func (m measured) rate() float64 { return m.Megabytes / max(m.Seconds, 1e-9) }

// best is the quickest of several runs: the machine's other work only adds.
func best(runs int, name, task, tree string) (measured, error) {
	var least measured
	for i := range runs {
		m, err := once(name, task, tree)
		if err != nil {
			return m, err
		}
		if i == 0 || m.Seconds < least.Seconds || m.Seconds == least.Seconds && m.process < least.process {
			least = m
		}
	}
	return least, nil
}

func once(name, task, tree string) (m measured, err error) {
	cmd := childCommand(name, task, tree)
	out, err := cmd.Output()
	if err != nil {
		return m, fmt.Errorf("%s, %s: %w", name, task, err)
	}
	if err := json.Unmarshal(out, &m); err != nil {
		return m, fmt.Errorf("%s, %s: %w", name, task, err)
	}
	m.process = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	m.peak = float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
	return m, nil
}

func childCommand(name, task, tree string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	cmd := exec.Command(self, "-task", task, "-engines", name, "-speed", tree)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	cmd.Stderr = os.Stderr
	return cmd
}

func child(name, task, tree string, out *os.File) error {
	cmd := childCommand(name, task, tree)
	cmd.Stdout = out
	return cmd.Run()
}

// perform is the child's side.
func perform(e engine, task, tree string) error {
	var m measured
	var err error
	e.find("a.c", []byte("/* Permission is hereby granted, free of charge, to any person. Licensed under the MIT license. */\n"))
	switch task {
	case taskStart: // that was it
	case taskCold:
		find := e.find
		if e.name == "tributary" { // as a scan does: a header is searched once in a run
			memo := detect.NewMemo()
			find = func(_ string, b []byte) []string { return detect.DetectWith(b, memo).Licenses }
		}
		m, err = overTree(tree, func(p string, b []byte) { find(p, b) })
	case taskWarm:
		known := map[[20]byte][]byte{}
		if _, err = overTree(tree, func(_ string, b []byte) { warmLook(known, b) }); err == nil {
			m, err = overTree(tree, func(_ string, b []byte) { warmLook(known, b) })
		}
	case taskCurve:
		return curve(e)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(m)
}

// warmLook is what a scan of a plain directory does with a content that it may
// have seen: hash it, look the hash up, decode what was found.
func warmLook(known map[[20]byte][]byte, b []byte) {
	key := sha1.Sum(b)
	if found, ok := known[key]; ok {
		var r detect.Result
		if len(found) > 0 && json.Unmarshal(found, &r) != nil {
			log.Fatal("a finding does not come back")
		}
		return
	}
	r := detect.Detect(b)
	known[key] = nil
	if len(r.Matches)+len(r.Copyrights) > 0 {
		known[key], _ = json.Marshal(r)
	}
}

// heldMegabytes is how much is read before the clock runs.
const heldMegabytes = 16

// overTree gives every text file below a directory to look, in portions that are
// read beforehand, and measures CPU time of the looking alone.
func overTree(tree string, look func(string, []byte)) (m measured, err error) {
	type held struct {
		path string
		data []byte
	}
	var portion []held
	size := 0
	flush := func() {
		start := cpuTime()
		for _, h := range portion {
			look(h.path, h.data)
		}
		m.Seconds += (cpuTime() - start).Seconds()
		m.Megabytes += float64(size) / 1e6
		portion, size = portion[:0], 0
	}
	err = filepath.WalkDir(tree, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			if d != nil && d.IsDir() && d.Name() == ".git" {
				return filepath.SkipDir
			}
			return err
		}
		b, err := os.ReadFile(p)
		if err != nil || len(b) > 4<<20 || bytes.IndexByte(b[:min(len(b), 8<<10)], 0) >= 0 {
			return err // not text: skipped by every engine alike
		}
		portion = append(portion, held{p, b})
		if size += len(b); size > heldMegabytes*1_000_000 {
			flush()
		}
		return nil
	})
	flush()
	return m, err
}

// curve prints the cost of texts of growing size that speak of licenses
// throughout, in three forms.
func curve(e engine) error {
	w := bufio.NewWriter(os.Stdout)
	fmt.Fprintf(w, "| %s: MB of license-like text | notices | one line | words at random |\n|---|---|---|---|\n", e.name)
	for _, mb := range []float64{0.1, 0.3, 1, 3, 10} {
		fmt.Fprintf(w, "| %.1f |", mb)
		for _, form := range []func(int) []byte{notices, oneLine, randomWords} {
			b := form(int(mb * 1e6))
			start := cpuTime()
			e.find("a.txt", b)
			fmt.Fprintf(w, " %d ms |", (cpuTime() - start).Milliseconds())
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
	return w.Flush()
}

const sampleNotice = `This program is free software; you can redistribute it and/or modify it
under the terms of the GNU General Public License as published by the Free
Software Foundation; either version 2, or (at your option) any later version.
Licensed under the Apache License, Version 2.0, or the MIT license, see COPYING.
Redistribution and use in source and binary forms are permitted. Part %d.
`

func notices(n int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, sampleNotice, i)
	}
	return b.Bytes()[:n]
}

func oneLine(n int) []byte { return bytes.ReplaceAll(notices(n), []byte("\n"), []byte(" ")) }

// randomWords draws the words of the notice by a fixed sequence.
func randomWords(n int) []byte {
	words := strings.Fields(sampleNotice)
	var b bytes.Buffer
	for x := uint32(1); b.Len() < n; {
		x = x*1664525 + 1013904223
		b.WriteString(words[int(x>>8)%len(words)])
		b.WriteByte(" \n"[x>>28&1])
	}
	return b.Bytes()[:n]
}

// cpuTime is the user and system time of this process and its ended children.
func cpuTime() time.Duration {
	var total time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			total += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return total
}
