;; The sum of 16-bit words (RFC 1071), sixteen octets at a time. `sum-module.ts` holds it in binary:
;; `node scripts/write-sum-module.mjs` makes that from this file.
(module
  (import "frames" "memory" (memory 1))
  ;; The words are read in the byte order of WebAssembly, the low octet first; a last odd octet counts as a low one.
  ;; At most 131,072 octets: more could overflow the result, which is not folded.
  (func (export "sum") (param $at i32) (param $length i32) (result i32)
    (local $end i32)
    (local $last i32)
    (local $even v128)
    (local $odd v128)
    (local $total i32)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (if (i32.ge_u (local.get $length) (i32.const 32))
      (then
        (local.set $last (i32.sub (local.get $end) (i32.const 32)))
        (loop $blocks
          ;; Eight words become four sums of two, so that 32 bits have room for all that follow.
          (local.set $even (i32x4.add (local.get $even)
            (i32x4.extadd_pairwise_i16x8_u (v128.load (local.get $at)))))
          (local.set $odd (i32x4.add (local.get $odd)
            (i32x4.extadd_pairwise_i16x8_u (v128.load offset=16 (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 32)))
          (br_if $blocks (i32.le_u (local.get $at) (local.get $last))))
        (local.set $even (i32x4.add (local.get $even) (local.get $odd)))
        (local.set $total (i32.add
          (i32.add (i32x4.extract_lane 0 (local.get $even)) (i32x4.extract_lane 1 (local.get $even)))
          (i32.add (i32x4.extract_lane 2 (local.get $even)) (i32x4.extract_lane 3 (local.get $even)))))))
    (block $none
      (loop $words
        (br_if $none (i32.gt_u (i32.add (local.get $at) (i32.const 2)) (local.get $end)))
        (local.set $total (i32.add (local.get $total) (i32.load16_u (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 2)))
        (br $words)))
    (if (i32.lt_u (local.get $at) (local.get $end))
      (then (local.set $total (i32.add (local.get $total) (i32.load8_u (local.get $at))))))
    (local.get $total)))
