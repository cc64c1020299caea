;; Runs the automaton of a prefilter over a window of bytes, in three lanes: each waits for its own table, so that three
;; take hardly longer than one. `npm run kernel` makes scan-kernel.bytes.ts of this.
;;
;; Memory, in bytes (scan-kernel.ts knows the same numbers):
;;     256   1 for every byte that was read
;;     512   the column of each byte, times two, in 16 bits
;;    1024   1 for every reporting row that was come to, by its number less the first one's
;;   51200   the window
;;   69632   the table: rows of 64 columns with the number of the next row, in 16 bits
(module
  (import "host" "memory" (memory 1))

  ;; Reads `steps` bytes from `at`, from `at + stride` and from `at + 2 * stride` on, each from row 0. Rows from `first` on
  ;; report: their numbers are listed from `out` on in 16 bits, each once. Gives the address after the list.
  (func (export "scan")
    (param $at i32) (param $steps i32) (param $stride i32) (param $first i32) (param $out i32) (result i32)
    (local $at2 i32) (local $at3 i32) (local $end i32)
    (local $row i32) (local $row2 i32) (local $row3 i32) (local $byte i32)
    (local.set $at2 (i32.add (local.get $at) (local.get $stride)))
    (local.set $at3 (i32.add (local.get $at2) (local.get $stride)))
    (local.set $end (i32.add (local.get $at) (local.get $steps)))
    (loop $next
      (local.set $byte (i32.load8_u (local.get $at)))
      (i32.store8 offset=256 (local.get $byte) (i32.const 1))
      (local.set $row (i32.load16_u offset=69632 (i32.add
        (i32.shl (local.get $row) (i32.const 7))
        (i32.load16_u offset=512 (i32.shl (local.get $byte) (i32.const 1))))))
      (local.set $byte (i32.load8_u (local.get $at2)))
      (i32.store8 offset=256 (local.get $byte) (i32.const 1))
      (local.set $row2 (i32.load16_u offset=69632 (i32.add
        (i32.shl (local.get $row2) (i32.const 7))
        (i32.load16_u offset=512 (i32.shl (local.get $byte) (i32.const 1))))))
      (local.set $byte (i32.load8_u (local.get $at3)))
      (i32.store8 offset=256 (local.get $byte) (i32.const 1))
      (local.set $row3 (i32.load16_u offset=69632 (i32.add
        (i32.shl (local.get $row3) (i32.const 7))
        (i32.load16_u offset=512 (i32.shl (local.get $byte) (i32.const 1))))))
      ;; The first reporting row is a power of two: one comparison for three.
      (if (i32.ge_u (i32.or (i32.or (local.get $row) (local.get $row2)) (local.get $row3)) (local.get $first))
        (then
          (local.set $out (call $report (local.get $row) (local.get $first) (local.get $out)))
          (local.set $out (call $report (local.get $row2) (local.get $first) (local.get $out)))
          (local.set $out (call $report (local.get $row3) (local.get $first) (local.get $out)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (local.set $at2 (i32.add (local.get $at2) (i32.const 1)))
      (local.set $at3 (i32.add (local.get $at3) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (local.get $out))

  ;; Lists a row unless it does not report or was listed before.
  (func $report (param $row i32) (param $first i32) (param $out i32) (result i32)
    (local $state i32)
    (if (i32.lt_u (local.get $row) (local.get $first)) (then (return (local.get $out))))
    (local.set $state (i32.sub (local.get $row) (local.get $first)))
    (if (i32.load8_u offset=1024 (local.get $state)) (then (return (local.get $out))))
    (i32.store8 offset=1024 (local.get $state) (i32.const 1))
    (i32.store16 (local.get $out) (local.get $row))
    (i32.add (local.get $out) (i32.const 2))))
