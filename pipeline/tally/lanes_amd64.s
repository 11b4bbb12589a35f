#include "textflag.h"

// The two sums of lanes.go in AVX2, lane by lane the same integers. A chunk has
// 192 bytes: weights in at 0, counted at 64, rows in at 128, counted at 160. A
// moment has 928, in the order of its fields.

// bits<> has of each 32-bit lane the bit of its group.
DATA bits<>+0(SB)/4, $1
DATA bits<>+4(SB)/4, $2
DATA bits<>+8(SB)/4, $4
DATA bits<>+12(SB)/4, $8
DATA bits<>+16(SB)/4, $16
DATA bits<>+20(SB)/4, $32
DATA bits<>+24(SB)/4, $64
DATA bits<>+28(SB)/4, $128
GLOBL bits<>(SB), RODATA|NOPTR, $32

// EXPAND makes of the eight bits in a register a mask of 32-bit lanes, all ones
// where the bit is set, and the weight in Y15 where it is, else 0, in 64-bit lanes.
#define EXPAND(byte, half, mask, low, high) \
	VMOVD        byte, half       \
	VPBROADCASTD half, mask       \
	VPAND        Y14, mask, mask  \
	VPCMPEQD     Y14, mask, mask  \
	VEXTRACTI128 $1, mask, X6     \
	VPMOVSXDQ    half, low        \
	VPMOVSXDQ    X6, high         \
	VPAND        Y15, low, low    \
	VPAND        Y15, high, high

// func addMarkedAVX2(sums *chunk, chunks int, cells *int32, n int, marks *uint64, weight int64)
TEXT ·addMarkedAVX2(SB), NOSPLIT, $0-48
	MOVQ         sums+0(FP), DI
	MOVQ         chunks+8(FP), R8
	MOVQ         cells+16(FP), SI
	MOVQ         n+24(FP), R9
	MOVQ         marks+32(FP), DX
	VPBROADCASTQ weight+40(FP), Y15
	VMOVDQU      bits<>(SB), Y14
	IMUL3Q       $192, R8, R10
	XORQ         R11, R11

chunk:
	// Four chunks have their marks in the bytes of a word: in, and 4 on counted.
	MOVQ    R11, AX
	SHRQ    $2, AX
	MOVQ    R11, BX
	ANDQ    $3, BX
	LEAQ    (BX)(AX*8), AX
	MOVBLZX (DX)(AX*1), BX
	MOVBLZX 4(DX)(AX*1), CX
	MOVL    BX, AX
	ORL     CX, AX
	JZ      next
	EXPAND(BX, X0, Y0, Y2, Y3)
	EXPAND(CX, X1, Y1, Y4, Y5)
	MOVQ    SI, R12
	MOVQ    R9, R13

cell:
	MOVLQSX (R12), AX
	IMULQ   R10, AX
	ADDQ    DI, AX
	VPADDQ  (AX), Y2, Y6
	VPADDQ  32(AX), Y3, Y7
	VPADDQ  64(AX), Y4, Y8
	VPADDQ  96(AX), Y5, Y9
	VMOVDQU 128(AX), Y10
	VMOVDQU 160(AX), Y11
	VPSUBD  Y0, Y10, Y10
	VPSUBD  Y1, Y11, Y11
	VMOVDQU Y6, (AX)
	VMOVDQU Y7, 32(AX)
	VMOVDQU Y8, 64(AX)
	VMOVDQU Y9, 96(AX)
	VMOVDQU Y10, 128(AX)
	VMOVDQU Y11, 160(AX)
	ADDQ    $4, R12
	DECQ    R13
	JNZ     cell

next:
	ADDQ $192, DI
	INCQ R11
	CMPQ R11, R8
	JLT  chunk
	VZEROUPPER
	RET

// SUM adds a register to sums in memory.
#define SUM(add, from, at) \
	add     at(DI), from, from \
	VMOVDQU from, at(DI)

// LIMBS adds numbers to limbs: the lower half of them, and the upper, which upper keeps.
#define LIMBS(from, upper, at) \
	VPAND   Y15, from, Y9         \
	SUM(VPADDQ, Y9, at)           \
	VPADDQ  at+64(DI), upper, Y9  \
	VMOVDQU Y9, at+64(DI)

// PRODUCTS adds to products the low one in Y6, the one at bit 32 in Y7, below
// 2^63, and the one at bit 64 in Y8.
#define PRODUCTS(at) \
	VPAND  Y15, Y6, Y9     \
	SUM(VPADDQ, Y9, at)    \
	VPSRLQ $32, Y6, Y6     \
	VPAND  Y15, Y7, Y9     \
	VPADDQ Y9, Y6, Y6      \
	SUM(VPADDQ, Y6, at+64) \
	VPSRLQ $32, Y7, Y7     \
	VPADDQ Y7, Y8, Y8      \
	SUM(VPADDQ, Y8, at+128)

// FOUR adds four lanes, which begin at a byte of every eight. Y0 and Y1 are X and
// Y, Y3 and Y5 their upper halves; a product takes the lower of what it is given.
#define FOUR(at) \
	VMOVDQU  at(SI), Y0       \
	VMOVDQU  at+64(SI), Y1    \
	VPSRLQ   $32, Y0, Y3      \
	VPSRLQ   $32, Y1, Y5      \
	LIMBS(Y0, Y3, at)         \
	LIMBS(Y1, Y5, at+128)     \
	VPMULUDQ Y0, Y0, Y6       \
	VPMULUDQ Y0, Y3, Y7       \
	VPADDQ   Y7, Y7, Y7       \
	VPMULUDQ Y3, Y3, Y8       \
	PRODUCTS(at+256)          \
	VPMULUDQ Y0, Y1, Y6       \
	VPMULUDQ Y0, Y5, Y7       \
	VPMULUDQ Y1, Y3, Y8       \
	VPADDQ   Y8, Y7, Y7       \
	VPMULUDQ Y3, Y5, Y8       \
	PRODUCTS(at+448)          \
	VPMULUDQ Y1, Y1, Y6       \
	VPMULUDQ Y1, Y5, Y7       \
	VPADDQ   Y7, Y7, Y7       \
	VPMULUDQ Y5, Y5, Y8       \
	PRODUCTS(at+640)

// func addMomentsAVX2(to *moment, from *chunk, n int)
TEXT ·addMomentsAVX2(SB), NOSPLIT, $0-24
	MOVQ     to+0(FP), DI
	MOVQ     from+8(FP), SI
	MOVQ     n+16(FP), R8
	VPCMPEQD Y15, Y15, Y15
	VPSRLQ   $32, Y15, Y15
	VPXOR    Y14, Y14, Y14

chunk:
	FOUR(0)
	FOUR(32)
	VMOVDQU  128(SI), Y0
	VPCMPGTD Y14, Y0, Y2      // all ones where there are rows
	SUM(VPADDD, Y0, 832)
	VMOVDQU  160(SI), Y0
	SUM(VPADDD, Y0, 864)
	VMOVDQU  896(DI), Y0
	VPSUBD   Y2, Y0, Y0
	VMOVDQU  Y0, 896(DI)
	ADDQ     $928, DI
	ADDQ     $192, SI
	DECQ     R8
	JNZ      chunk
	VZEROUPPER
	RET
