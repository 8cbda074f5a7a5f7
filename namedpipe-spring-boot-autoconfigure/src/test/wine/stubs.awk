# Reads "dll name" lines; writes one stub per function to STUBS (assembler) and a table of
# names, in the same order, to TABLE (C). A stub saves the six register arguments and
# calls shim_dispatch(index, registers, stack).
BEGIN {
	print ".text" > STUBS
}
$2 ~ /^[A-Za-z_][A-Za-z_0-9]*$/ && $2 != "GetLastError" && !seen[$2]++ {
	printf ".globl %s\n.type %s,@function\n%s: movl $%d,%%eax; jmp dispatch\n", $2, $2, $2, count++ > STUBS
	printf "{ \"%s\", \"%s.dll\" },\n", $2, $1 > TABLE
}
END {
	print ".type dispatch,@function"          > STUBS
	print "dispatch:"                         > STUBS
	print "\tpushq %rbp"                      > STUBS
	print "\tmovq %rsp,%rbp"                  > STUBS
	print "\tsubq $48,%rsp"                   > STUBS
	print "\tmovq %rdi,-48(%rbp)"             > STUBS
	print "\tmovq %rsi,-40(%rbp)"             > STUBS
	print "\tmovq %rdx,-32(%rbp)"             > STUBS
	print "\tmovq %rcx,-24(%rbp)"             > STUBS
	print "\tmovq %r8,-16(%rbp)"              > STUBS
	print "\tmovq %r9,-8(%rbp)"               > STUBS
	print "\tmovl %eax,%edi"                  > STUBS
	print "\tleaq -48(%rbp),%rsi"             > STUBS
	print "\tleaq 16(%rbp),%rdx"              > STUBS
	print "\tcall shim_dispatch"              > STUBS
	print "\tleave"                           > STUBS
	print "\tret"                             > STUBS
	print ".section .note.GNU-stack,\"\",@progbits" > STUBS
}
