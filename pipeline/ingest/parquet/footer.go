package parquet

import (
	"encoding/binary"
	"errors"
	"io"
)

// honest checks that the lists of the file's footer are as long as they claim.
// The library makes room for a list before it reads it, so that a footer of a
// hundred bytes could otherwise take hundreds of millions. What else is wrong
// with a footer, the library says.
//
// A footer is a struct in Thrift's compact protocol; see the Thrift project's
// "Thrift Compact protocol encoding". After it are its length in 4 bytes and
// the magic.
func honest(in io.ReaderAt, size int64) error {
	const tail = 8
	var end [tail]byte
	if size < tail {
		return nil
	}
	if _, err := in.ReadAt(end[:], size-tail); err != nil && err != io.EOF {
		return err
	}
	length := int64(binary.LittleEndian.Uint32(end[:]))
	if length > size-tail {
		return nil
	}
	b := make([]byte, length)
	if _, err := in.ReadAt(b, size-tail-length); err != nil && err != io.EOF {
		return err
	}
	t := &thrift{left: b}
	return t.value(thriftStruct, 0)
}

// The types of the compact protocol.
const (
	thriftTrue = iota + 1
	thriftFalse
	thriftByte
	thriftInt16
	thriftInt32
	thriftInt64
	thriftDouble
	thriftBinary
	thriftList
	thriftSet
	thriftMap
	thriftStruct
	thriftUUID
)

// mostNested is how deep values lie within values: a Parquet footer needs 8.
const mostNested = 32

var (
	errShort  = errors.New("it ends within a value")
	errNested = errors.New("values within values, too deep")
	errType   = errors.New("a value of no known type")
)

// A thrift is a value half passed over.
type thrift struct{ left []byte }

func (t *thrift) skip(n uint64) error {
	if n > uint64(len(t.left)) {
		return errShort
	}
	t.left = t.left[n:]
	return nil
}

func (t *thrift) varint() (uint64, error) {
	v, n := binary.Uvarint(t.left)
	if n <= 0 {
		return 0, errShort
	}
	return v, t.skip(uint64(n))
}

func (t *thrift) byte() (byte, error) {
	if len(t.left) == 0 {
		return 0, errShort
	}
	b := t.left[0]
	t.left = t.left[1:]
	return b, nil
}

// value passes over a value of a type, depth values deep. A truth value is one
// byte here; as a field of a struct it is in the field's type.
func (t *thrift) value(kind byte, depth int) error {
	if depth > mostNested {
		return errNested
	}
	switch kind {
	case thriftTrue, thriftFalse, thriftByte:
		return t.skip(1)
	case thriftInt16, thriftInt32, thriftInt64:
		_, err := t.varint()
		return err
	case thriftDouble:
		return t.skip(8)
	case thriftUUID:
		return t.skip(16)
	case thriftBinary:
		n, err := t.varint()
		if err != nil {
			return err
		}
		return t.skip(n)
	case thriftList, thriftSet:
		return t.list(depth)
	case thriftMap:
		return t.pairs(depth)
	case thriftStruct:
		return t.fields(depth)
	}
	return errType
}

func (t *thrift) list(depth int) error {
	header, err := t.byte()
	if err != nil {
		return err
	}
	n := uint64(header >> 4)
	if n == 15 {
		if n, err = t.varint(); err != nil {
			return err
		}
	}
	return t.values(n, depth, header&15)
}

func (t *thrift) pairs(depth int) error {
	n, err := t.varint()
	if err != nil || n == 0 {
		return err
	}
	kinds, err := t.byte()
	if err != nil {
		return err
	}
	return t.values(n, depth, kinds>>4, kinds&15)
}

// values passes over n times a value of each kind. Each takes a byte or more.
func (t *thrift) values(n uint64, depth int, kinds ...byte) error {
	if n > uint64(len(t.left)) {
		return errShort
	}
	for range n {
		for _, kind := range kinds {
			if err := t.value(kind, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *thrift) fields(depth int) error {
	for {
		header, err := t.byte()
		if err != nil || header == 0 {
			return err
		}
		if header>>4 == 0 { // the field's number in full
			if _, err := t.varint(); err != nil {
				return err
			}
		}
		if kind := header & 15; kind != thriftTrue && kind != thriftFalse {
			if err := t.value(kind, depth+1); err != nil {
				return err
			}
		}
	}
}
