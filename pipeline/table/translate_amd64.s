#include "textflag.h"

// what<> has 16, which is added to choose the next entries; 0x70, which with saturation
// takes every byte beyond 15 to 128 and more, for which a shuffle has 0.
DATA what<>+0(SB)/8, $0x1010101010101010
DATA what<>+8(SB)/8, $0x7070707070707070
GLOBL what<>(SB), RODATA|NOPTR, $16

// func translateAVX2(to, from *uint8, n int, dictionary *[256]uint8, sixteens int) (largest uint8)
TEXT ·translateAVX2(SB), NOSPLIT, $0-41
	MOVQ         to+0(FP), DI
	MOVQ         from+8(FP), SI
	MOVQ         n+16(FP), R8
	MOVQ         dictionary+24(FP), DX
	MOVQ         sixteens+32(FP), R9
	VPBROADCASTQ what<>+0(SB), Y8
	VPBROADCASTQ what<>+8(SB), Y6
	VPXOR        Y7, Y7, Y7           // the largest

bytes:
	VMOVDQU (SI), Y0
	VPMAXUB Y0, Y7, Y7
	VPXOR   Y2, Y2, Y2
	VPXOR   Y3, Y3, Y3 // the first of the entries
	MOVQ    DX, R10
	MOVQ    R9, R11

entries:
	VPXOR          Y3, Y0, Y4
	VPADDUSB       Y6, Y4, Y4
	VBROADCASTI128 (R10), Y5
	VPSHUFB        Y4, Y5, Y5
	VPOR           Y5, Y2, Y2
	VPADDB         Y8, Y3, Y3
	ADDQ           $16, R10
	DECQ           R11
	JNZ            entries
	VMOVDQU        Y2, (DI)
	ADDQ           $32, SI
	ADDQ           $32, DI
	SUBQ           $32, R8
	JNZ            bytes

	VEXTRACTI128 $1, Y7, X0
	VPMAXUB      X0, X7, X0
	VPSRLDQ      $8, X0, X1
	VPMAXUB      X1, X0, X0
	VPSRLDQ      $4, X0, X1
	VPMAXUB      X1, X0, X0
	VPSRLDQ      $2, X0, X1
	VPMAXUB      X1, X0, X0
	VPSRLDQ      $1, X0, X1
	VPMAXUB      X1, X0, X0
	VPEXTRB      $0, X0, AX
	MOVB         AX, largest+40(FP)
	VZEROUPPER
	RET
