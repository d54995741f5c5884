"""A stand-in for NVIDIA's Isaac Gym: exactly the calls that sim/isaacgym_server.py makes, with MuJoCo behind.

It shows that the server lays out states, maps joints and turns velocities as it should; of PhysX it shows nothing.
"""
