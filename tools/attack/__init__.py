"""The attack: random kills over the workflow, random damage to every kind of file that merflow reads.

``make attack SEED=7 MINUTES=10`` runs the smallest dataset undisturbed, then again and again while its processes
are killed, and damages copies of its files one at a time. It prints what was tried and what came of it, and fails when
the bytes of a result differ, a damaged file is taken for another content that could have been told, or a reader traces
back or hangs. ``--case`` repeats a single try.
"""
