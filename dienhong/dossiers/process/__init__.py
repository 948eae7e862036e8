"""The process engine: BPMN files become transition tables; where a dossier waits is rows.

compiler.compile(xml, roles=, delegates=)   the table, or DrawingRefused with every fault
projection.check_projection(process)        the national statuses that it can pass, held against the table of moves
runtime.start, runtime.advance              pure steps
persist.begin, .step, .steps_in_batch       steps that stay
timers.fire                                 what the clock brings
diagram.render                              the drawing with the present place
"""
