    .section .rodata
    .global cuirass_bundle
    .global cuirass_bundle_end
    .hidden cuirass_bundle
    .hidden cuirass_bundle_end
    .balign 16
cuirass_bundle:
    .incbin BUNDLE
cuirass_bundle_end:
    .byte 0
    .section .note.GNU-stack,"",%progbits
